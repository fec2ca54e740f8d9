import AuspexSignals

/// The streaming form of ``NearestNeighbours``: distance of the newest window to its k-th nearest among windows of the past.
///
/// A bounded sample of the past windows is kept: each window has the same chance to be in it as long as there were fewer
/// than `memory`; from then on the sample forgets at that rate. Windows that share a value with the newest are no
/// neighbours. A shape is known once k of it are in the sample: one that lasts after about k·memory/stored samples, or
/// sooner while there were fewer than `memory`.
struct NearestNeighbourStream: StreamingDetector {
    /// Values in all stored windows together: 8 MB.
    static let mostValues = 1_000_000

    static let descriptor = DetectorDescriptor(
        name: NearestNeighbours.descriptor.name,
        summary: "Distance of a window to its k-th nearest in a sample of the past; finds shapes that are new.",
        kind: .streaming, family: NearestNeighbours.descriptor.family,
        parameters: [
            .integer("k", default: 3, in: 1...100, meaning: "which neighbour's distance counts"),
            .integer("window", default: 16, in: 1...1_000, meaning: "how many values are compared"),
            .integer(
                "stored", default: 256, in: 16...10_000,
                meaning: "how many past windows are kept; times window at most \(mostValues)"),
            .integer(
                "memory", default: 20_000, in: 100...1_000_000_000,
                meaning: "samples from which the kept windows are drawn, on average the last so many"),
            SeededGenerator.parameter,
        ],
        cost: "at most 3·stored·window flops a sample (12,000; a third of it on ordinary series)",
        memory: "8·stored·(window + 1) bytes a series (35 KB)",
        source: "Ramaswamy et al. 2000; the sample: Vitter 1985, with the forgetting of Aggarwal 2006",
        minimumHistory: "k windows of each normal shape; counts samples")

    private let k: Int
    private let window: Int
    private let stored: Int
    private let memory: Int
    private var random: SeededGenerator
    private var seen = 0
    /// The last `window` values, oldest first.
    private var recent: [Double] = []
    /// The kept windows, one behind the other.
    private var windows: [Double] = []
    /// When each kept window ended, as a number of samples.
    private(set) var ends: [Int] = []

    /// Until k windows of the past share no value with the newest.
    private var warmUp: Int { 2 * window + k - 2 }

    init(parameters: ParameterValues) throws(DetectorError) {
        k = try parameters.integer("k")
        window = try parameters.integer("window")
        stored = try parameters.integer("stored")
        memory = try parameters.integer("memory")
        random = SeededGenerator(seed: try parameters.integer("seed"))
        guard stored * window <= Self.mostValues else {
            throw .tooLarge(
                detector: Self.descriptor.name,
                reason: "\(stored) windows of \(window) values are too many for a stream; "
                    + "set stored to \(Self.mostValues / window) or less")
        }
    }

    mutating func update(time: Timestamp, value: Double) -> RawReading {
        guard value.isFinite else { return RawReading(readiness: .missing) }
        seen += 1
        if recent.count == window { recent.removeFirst() }
        recent.append(CleanColumn.clamped(value))
        guard recent.count == window else {
            return RawReading(readiness: .warmingUp(seen: seen, needed: warmUp))
        }
        defer { keep() }
        guard seen > warmUp else { return RawReading(readiness: .warmingUp(seen: seen, needed: warmUp)) }
        return RawReading(rawScore: distance())
    }

    /// The root of the mean squared difference to the k-th nearest window, or to the last of fewer.
    private func distance() -> Double {
        var nearest: [Double] = []
        nearest.reserveCapacity(k + 1)
        recent.withUnsafeBufferPointer { recent in
            windows.withUnsafeBufferPointer { windows in
                for (index, end) in ends.enumerated() where end <= seen - window {
                    let limit = nearest.count < k ? .infinity : nearest[nearest.count - 1]
                    let sum = Self.sum(recent, windows, from: index * window, upTo: limit)
                    guard sum < limit else { continue }
                    nearest.insert(sum, at: nearest.firstIndex { $0 > sum } ?? nearest.count)
                    if nearest.count > k { nearest.removeLast() }
                }
            }
        }
        return ((nearest.last ?? 0) / Double(window)).squareRoot()
    }

    /// The sum of squared differences; once it has reached `limit`, any number from there on.
    private static func sum(
        _ recent: UnsafeBufferPointer<Double>, _ windows: UnsafeBufferPointer<Double>, from start: Int,
        upTo limit: Double
    ) -> Double {
        let block = 8
        var sum = 0.0
        var place = 0
        while place < recent.count, sum < limit {
            for index in place..<min(place + block, recent.count) {
                let difference = recent[index] - windows[start + index]
                sum += difference * difference
            }
            place += block
        }
        return sum
    }

    /// Takes the newest window into the sample, or not.
    private mutating func keep() {
        guard ends.count == stored else {
            windows += recent
            ends.append(seen)
            return
        }
        let slot = random.below(min(seen - window + 1, memory))
        guard slot < stored else { return }
        windows.replaceSubrange(slot * window..<(slot + 1) * window, with: recent)
        ends[slot] = seen
    }
}

extension NearestNeighbourStream {
    private static let snapshotVersion = 1

    func snapshot() -> [UInt8] {
        var writer = SnapshotWriter(kind: Self.descriptor.name, version: Self.snapshotVersion)
        for number in [k, window, stored, memory, random.position, seen] { writer.write(number) }
        writer.write(recent)
        writer.write(windows)
        for end in ends { writer.write(end) }
        return writer.finished()
    }

    init(restoring bytes: [UInt8]) throws(DetectorError) {
        var reader = try SnapshotReader(bytes, kind: Self.descriptor.name, version: Self.snapshotVersion)
        k = try reader.readInteger(in: 1...Self.mostValues)
        window = try reader.readInteger(in: 1...Self.mostValues)
        stored = try reader.readInteger(in: 1...Self.mostValues / window)
        memory = try reader.readInteger(in: 1...SnapshotReader.mostSamples)
        random = SeededGenerator(position: try reader.readInteger())
        seen = try reader.readInteger(in: 0...SnapshotReader.mostSamples)
        recent = try reader.readDoubles()
        windows = try reader.readDoubles()
        let isSound =
            recent.count == min(seen, window) && windows.count == min(max(0, seen - window + 1), stored) * window
            && (recent + windows).allSatisfy { abs($0) <= CleanColumn.largestMagnitude }
        guard isSound else {
            throw .invalidSnapshot(reason: "\(windows.count) values of windows after \(seen) samples cannot be")
        }
        for _ in 0..<windows.count / window { ends.append(try reader.readInteger(in: window...max(window, seen))) }
        try reader.finish()
    }
}
