import AuspexSignals

/// The streaming form of ``PageHinkley``: the sum of distances from the robust mean since the last change.
///
/// The rise of that sum over its lowest point is a cumulative sum that never falls under 0, so that ``ShiftTracker`` keeps
/// it, with a level that forgets nothing between two changes.
struct PageHinkleyStream: ShiftDetector {
    static let descriptor = DetectorDescriptor(
        name: PageHinkley.descriptor.name,
        summary: "Rise of the sum of distances from the mean since the last change; finds where a level changes.",
        kind: .streaming, family: PageHinkley.descriptor.family,
        parameters: [
            .number(
                "delta", default: 0.5, in: 0...5, meaning: "change that is tolerated, in robust standard deviations"),
            .number(
                "threshold", default: 30, in: 1...100_000,
                meaning: "the sum at which a change is settled and the next one is looked for, in the same unit"),
            RobustScale.memoryParameter,
            RobustScale.bandParameter,
        ],
        cost: "O(1) a sample, about 40 flops", memory: "120 bytes a series",
        source: "Page 1954; Hinkley 1971; in the form of Gama et al. 2014",
        minimumHistory: "30 samples; counts samples, and knows no cycles")

    var tracker: ShiftTracker

    init(tracker: ShiftTracker) {
        self.tracker = tracker
    }

    init(parameters: ParameterValues) throws(DetectorError) {
        tracker = ShiftTracker(
            .init(
                allowance: try parameters.number("delta"), limit: try parameters.number("threshold"), gain: 0,
                memory: try parameters.integer("memory"), band: try parameters.number("band")))
    }
}
