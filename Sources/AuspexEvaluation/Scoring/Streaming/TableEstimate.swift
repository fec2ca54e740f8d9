import AuspexWire
import Foundation

/// What a large file holds, as its beginning lets one expect.
struct TableEstimate: Hashable {
    /// Text that is looked at.
    private static let sampleBytes = 1 << 20
    /// gzip tells the size of its text modulo this (RFC 1952 §2.3.1).
    private static let gzipModulus = 1 << 32
    private static let gzipMagic: [UInt8] = [0x1f, 0x8b]

    /// Rows, of one or several series.
    var rows: Int
    /// Columns of values.
    var columns: Int
    /// Bytes of a time's text, 0 when rows are numbered.
    var timeBytes: Int

    /// Looks at the file's size and its first mebibyte.
    ///
    /// - Returns: nil for what is no file, such as a pipe, and for what cannot be read: the reading itself will tell.
    init?(path: String, options: TableOptions) {
        guard let total = Self.textBytes(path), let sample = Self.sample(path), !sample.isEmpty else { return nil }
        var options = options
        options.badRows = .skip(reporting: 0)
        // A table of more values than its text has bytes is one of late columns; the reading itself will tell.
        options.limits.cells = min(options.limits.cells, sample.count)
        guard let input = try? TableReader(options: options).read(bytes: sample, file: path),
            let series = input.series.first
        else { return nil }
        rows = Int(Double(input.rowCount) * Double(total) / Double(sample.count))
        columns = series.names.count
        timeBytes = series.timeTexts.map { $0[0].utf8.count } ?? 0
    }

    /// The size of a file's text; of compressed text, as the end of the file has it.
    static func textBytes(_ path: String) -> Int? {
        // Looked at before it is opened: opening a pipe takes its writer away from whoever reads it in earnest.
        let attributes = try? FileManager.default.attributesOfItem(atPath: (path as NSString).resolvingSymlinksInPath)
        guard attributes?[.type] as? FileAttributeType == .typeRegular, let size = attributes?[.size] as? Int,
            let file = FileHandle(forReadingAtPath: path)
        else { return nil }
        defer { try? file.close() }
        guard let magic = try? file.read(upToCount: 2), Array(magic) == gzipMagic, size > 4 else { return size }
        guard (try? file.seek(toOffset: UInt64(size - 4))) != nil, let end = try? file.read(upToCount: 4) else {
            return size
        }
        var text = end.reversed().reduce(0) { $0 << 8 | Int($1) }
        // Text that compression made larger is not worth a thought.
        while text < size { text += gzipModulus }
        return text
    }

    /// The first whole lines.
    private static func sample(_ path: String) -> [UInt8]? {
        guard let pieces = try? InputPieces(path: path) else { return nil }
        var bytes: [UInt8] = []
        while bytes.count < sampleBytes, let piece = try? pieces.next() { bytes += piece }
        guard let end = bytes.lastIndex(of: UInt8(ascii: "\n")) else { return bytes }
        return Array(bytes[...end])
    }
}

extension TableEstimate {
    /// What a whole table takes at least while it is scored: for each row its number among the input's rows, its score twice
    /// (once sorted for calibration), p-value and anomaly score, and what was expected; its time and the time's text, with
    /// where that ends; each value as it was read and in the table.
    var tableBytes: Int {
        let result = 8 + 2 * 8 + 16 + 32
        let time = timeBytes > 0 ? 8 + 8 + timeBytes : 0
        return Self.product(rows, result + time + 16 * columns)
    }

    /// What a streamed table takes at least: its scores.
    var streamBytes: Int { Self.product(rows, 8) }

    private static func product(_ left: Int, _ right: Int) -> Int {
        let (product, isOverflow) = left.multipliedReportingOverflow(by: right)
        return isOverflow ? .max : product
    }
}
