package import AuspexDocuments
import AuspexSignals

extension MappingReader {
    /// The least that a program needs to come up at all.
    private static var leastMemory: Int64 { 1 << 20 }

    /// Reads `memory`, `processes`, `open_files`, `file_size` and `cpu`, and finishes.
    package mutating func limits() -> ProcessLimits {
        var limits = ProcessLimits()
        limits.memory = optionalBytes("memory", in: Self.leastMemory...(1 << 50))
        limits.processes = optionalInt("processes", in: 1...1_000_000)
        // The three standard files, and one that the program itself is loaded from.
        limits.openFiles = optionalInt("open_files", in: 4...1_000_000)
        limits.fileSize = optionalBytes("file_size", in: 0...(1 << 50))
        limits.cpu = optionalDuration("cpu", in: .seconds(1) ... .hours(24 * 366))
        finish()
        return limits
    }

    /// Reads a number of bytes: a whole number, or one with a unit.
    package mutating func optionalBytes(_ key: String, in range: ClosedRange<Int64>) -> Int64? {
        guard let node = optionalNode(key) else { return nil }
        guard let bytes = node.int ?? node.text.flatMap(ByteCount.parse) else {
            report(key, "'\(key)' must be \(ByteCount.form), not \(node.kind)")
            return nil
        }
        guard range.contains(bytes) else {
            report(
                key,
                "'\(key)' must be from \(ByteCount.text(range.lowerBound)) to \(ByteCount.text(range.upperBound)), "
                    + "not \(ByteCount.text(bytes))")
            return nil
        }
        return bytes
    }
}
