import AuspexSignals
import Foundation

/// The streaming form of ``CumulativeSum``: what is usual is a slow robust mean of the past; see ``ShiftTracker``.
struct CumulativeSumStream: ShiftDetector {
    static let descriptor = DetectorDescriptor(
        name: CumulativeSum.descriptor.name,
        summary: "Running sum of residuals against a slow robust level, both ways; finds small shifts that last.",
        kind: .streaming, family: CumulativeSum.descriptor.family,
        parameters: [
            .number(
                "drift", default: 0.5, in: 0.01...5,
                meaning: "taken off the sums each sample, in robust standard deviations; half of the shift to be found"),
            .number(
                "limit", default: 20, in: 1...100_000,
                meaning: "the sum at which a shift is settled and its level becomes the usual one, in the same unit"),
            .number(
                "halflife", default: 250, in: 1...1_000_000,
                meaning: "samples after which the level has forgotten half of the past"),
            RobustScale.memoryParameter,
            RobustScale.bandParameter,
        ],
        cost: "O(1) a sample, about 40 flops", memory: "120 bytes a series",
        source: "Page 1954; two-sided: Lucas and Crosier 1982; the level after a shift: Montgomery 2012, §9.1.1",
        minimumHistory: "30 samples; counts samples, and knows no cycles")

    var tracker: ShiftTracker

    init(tracker: ShiftTracker) {
        self.tracker = tracker
    }

    init(parameters: ParameterValues) throws(DetectorError) {
        tracker = ShiftTracker(
            .init(
                allowance: try parameters.number("drift"), limit: try parameters.number("limit"),
                gain: 1 - exp2(-1 / (try parameters.number("halflife"))), memory: try parameters.integer("memory"),
                band: try parameters.number("band")))
    }
}
