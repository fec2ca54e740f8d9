import AuspexSignals

/// The streaming form of ``RandomCutForest``: the mean, over trees, of the newest window's collusive displacement, before
/// it is put in itself.
///
/// Each tree holds a sample of its own of the past windows: each window has the same chance to be in it as long as there
/// were fewer than `memory`; from then on the sample forgets at that rate. What is strange displaces less the more often it
/// has come, and is normal once it has lasted for a share of `memory`.
struct RandomCutForestStream: StreamingDetector {
    /// The state of one series may not take more: 100 MB.
    static let mostBytes = 1e8
    /// Windows in a tree before its displacements say something.
    private static let fewestPoints = 64

    static let descriptor = DetectorDescriptor(
        name: RandomCutForest.descriptor.name,
        summary: "How much the newest window displaces past ones in trees of random cuts; finds what stands apart.",
        kind: .streaming, family: RandomCutForest.descriptor.family,
        parameters: [
            .integer("trees", default: 30, in: 1...1_000, meaning: "how many trees there are"),
            .integer("sample", default: 256, in: 2...10_000, meaning: "how many past windows a tree holds"),
            .integer("window", default: 8, in: 1...1_000, meaning: "how many values a window has"),
            .integer(
                "memory", default: 2_560, in: 100...1_000_000_000,
                meaning: "samples from which the held windows are drawn, on average the last so many"),
            SeededGenerator.parameter,
        ],
        cost: "some 10·trees·window·log₂ sample flops a sample (20,000), and 4 times that share of sample/memory",
        memory: "trees·sample·(32·window + 130) bytes a series (3 MB); at most 100 MB",
        source: "Guha, Mishra, Roy and Schrijvers 2016; the sample: Vitter 1985, with the forgetting of Aggarwal 2006",
        minimumHistory: "some hundred samples, nearly all of them normal; counts samples")

    private let sample: Int
    private let window: Int
    private let memory: Int
    private var random: SeededGenerator
    private var seen = 0
    /// The last `window` values, oldest first.
    private var recent: [Double] = []
    /// The points of a tree have the numbers of their places in its sample.
    private var trees: [CutTree]

    private var warmUp: Int { window - 1 + min(sample, Self.fewestPoints) }

    init(parameters: ParameterValues) throws(DetectorError) {
        let count = try parameters.integer("trees")
        sample = try parameters.integer("sample")
        window = try parameters.integer("window")
        memory = try parameters.integer("memory")
        random = SeededGenerator(seed: try parameters.integer("seed"))
        guard Self.bytes(trees: count, sample: sample, window: window) <= Self.mostBytes else {
            throw .tooLarge(
                detector: Self.descriptor.name,
                reason: "\(count) trees of \(sample) windows of \(window) values take more than 100 MB a series; "
                    + "choose fewer or shorter ones")
        }
        trees = [CutTree](repeating: CutTree(features: window), count: count)
    }

    private static func bytes(trees: Int, sample: Int, window: Int) -> Double {
        Double(trees) * Double(sample) * (32 * Double(window) + 130)
    }

    var stateBytes: Int? { Int(Self.bytes(trees: trees.count, sample: sample, window: window)) }

    mutating func update(time: Timestamp, value: Double) -> RawReading {
        guard value.isFinite else { return RawReading(readiness: .missing) }
        seen += 1
        if recent.count == window { recent.removeFirst() }
        recent.append(CleanColumn.clamped(value))
        var reading = RawReading(readiness: .warmingUp(seen: seen, needed: warmUp))
        guard recent.count == window else { return reading }
        if seen > warmUp {
            var sum = 0.0
            for tree in trees { sum += tree.displacement(of: recent[...], random: &random) }
            reading = RawReading(rawScore: sum / Double(trees.count))
        }
        for index in trees.indices { keep(in: index) }
        return reading
    }

    /// Takes the newest window into a tree's sample, or not.
    private mutating func keep(in tree: Int) {
        let place = trees[tree].count < sample ? trees[tree].count : random.below(min(seen - window + 1, memory))
        guard place < sample else { return }
        trees[tree].forget(place)
        trees[tree].insert(place, recent[...], random: &random)
    }
}

extension RandomCutForestStream {
    private static let snapshotVersion = 1

    func snapshot() -> [UInt8] {
        var writer = SnapshotWriter(kind: Self.descriptor.name, version: Self.snapshotVersion)
        for number in [trees.count, sample, window, memory, random.position, seen] { writer.write(number) }
        writer.write(recent)
        for tree in trees { tree.write(to: &writer) }
        return writer.finished()
    }

    init(restoring bytes: [UInt8]) throws(DetectorError) {
        var reader = try SnapshotReader(bytes, kind: Self.descriptor.name, version: Self.snapshotVersion)
        let count = try reader.readInteger(in: 1...SnapshotReader.mostSamples)
        sample = try reader.readInteger(in: 1...SnapshotReader.mostSamples)
        window = try reader.readInteger(in: 1...SnapshotReader.mostSamples)
        memory = try reader.readInteger(in: 1...SnapshotReader.mostSamples)
        random = SeededGenerator(position: try reader.readInteger())
        seen = try reader.readInteger(in: 0...SnapshotReader.mostSamples)
        recent = try reader.readDoubles()
        guard Self.bytes(trees: count, sample: sample, window: window) <= Self.mostBytes,
            recent.count == min(seen, window), recent.allSatisfy({ abs($0) <= CleanColumn.largestMagnitude })
        else { throw .invalidSnapshot(reason: "a forest of \(count) trees with \(sample) windows cannot be") }
        let held = min(sample, max(0, seen - window + 1))
        trees = []
        for _ in 0..<count {
            let tree = try CutTree(from: &reader, features: window, numbers: held)
            guard tree.count == held else {
                throw .invalidSnapshot(reason: "a tree of \(tree.count) windows cannot be after \(seen) samples")
            }
            trees.append(tree)
        }
        try reader.finish()
    }
}
