import AuspexDetection

/// One of the detectors of an evaluation.
struct Contestant: Sendable {
    /// The detector's specification.
    var name: String
    /// The detector that it makes.
    var detector: any BatchDetector
    /// Whether nobody asked for it, and it only shows what a figure is worth.
    var isBaseline = false

    /// What is measured beside the detectors that were asked for, unless it is one of these: a score that knows nothing, and
    /// the simplest one that knows something.
    ///
    /// - Throws: `DetectorError` when the registry has no z-score.
    static func baselines(besides asked: [Contestant], registry: DetectorRegistry) throws -> [Contestant] {
        let zscore = "zscore"
        let all = [
            Contestant(name: RandomScore.descriptor.name, detector: RandomScore(), isBaseline: true),
            Contestant(name: zscore, detector: try registry.makeBatch(zscore), isBaseline: true),
        ]
        return all.filter { one in !asked.contains { $0.name == one.name } }
    }
}

/// A score for every row that knows nothing of it: what a detector must beat. The same table gets the same scores always.
struct RandomScore: BatchDetector {
    static let descriptor = DetectorDescriptor(
        name: "random", summary: "Scores that know nothing of the values; the baseline of every evaluation.",
        kind: .batch, family: "baseline", cost: "O(n)", memory: "8·n bytes",
        source: "SplitMix64 (Steele, Lea and Flood 2014), seeded by the values", minimumHistory: "none")

    init() {}

    init(parameters: ParameterValues) {}

    func fit(_ table: Table, training: Range<Int>?) -> any DetectorModel { Model() }

    private struct Model: DetectorModel {
        private static let step: UInt64 = 0x9e37_79b9_7f4a_7c15

        func scores(_ table: Table) -> DetectorOutput {
            // Draws of its own for each file, whatever its name and place.
            var state = (0..<table.rows).reduce(UInt64(table.rows)) { Self.mixed($0 ^ table[$1, 0].bitPattern) }
            return DetectorOutput(
                scores: (0..<table.rows).map { _ in
                    state &+= Self.step
                    return Double(Self.mixed(state) >> 11) * 0x1p-53
                })
        }

        private static func mixed(_ value: UInt64) -> UInt64 {
            var bits = value
            bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
            bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
            return bits ^ (bits >> 31)
        }
    }
}
