import AuspexDetection
import AuspexSignals
import Foundation

/// A form in which a series can be watched, and what that takes.
struct SeriesForm: Sendable {
    /// What a series begins with.
    let stream: CalibratedStream
    /// The most bytes that the state of detector and calibration takes up.
    let stateBytes: Int

    /// The light form of `auto`.
    private static let light = "auto:profile=light"

    /// The form of a detector's specification.
    init(_ specification: String, registry: DetectorRegistry) throws(DetectorError) {
        stream = try CalibratedStream(specification, registry: registry)
        stateBytes = Self.measure(stream)
    }

    /// The form in which further series are watched when memory is short: `auto` has one, and no other detector.
    func lighter(registry: DetectorRegistry) throws(DetectorError) -> SeriesForm? {
        guard stream.detectorName == "auto", !stream.specification.contains("profile=light") else { return nil }
        let form = try SeriesForm(Self.light, registry: registry)
        return form.stateBytes < stateBytes ? form : nil
    }

    /// How many bytes a series of this form with these labels is charged.
    func bytes(with labels: Labels) -> Int { stateBytes + Self.keptBytes + Self.bytes(of: labels) }

    /// About how many series of this form fit into so many bytes.
    func count(in bytes: Int) -> Int { bytes / (stateBytes + Self.keptBytes + Self.usualLabelBytes) }

    // MARK: Measuring

    /// What the engine keeps of a series besides: its place in a dictionary, which is half full on average.
    private static let keptBytes =
        2 * (MemoryLayout<WatchedSeries>.stride + MemoryLayout<Labels>.stride) + allocationBytes + MinuteHistory.bytes
    /// The heads of a series' allocations, and the room that growing arrays have ahead, as they were measured with `auto` and
    /// `ewma`.
    private static let allocationBytes = 512
    /// Labels of a series such as node exporters send.
    private static let usualLabelBytes = 400
    /// Texts of up to so many bytes take no memory of their own; others have a header.
    private static let shortText = 15
    private static let textHeader = 32

    private static func bytes(of labels: Labels) -> Int {
        labels.pairs.reduce(0) { sum, pair in
            sum + MemoryLayout<Labels.Pair>.stride + bytes(of: pair.name) + bytes(of: pair.value)
        }
    }

    private static func bytes(of text: String) -> Int {
        text.utf8.count <= shortText ? 0 : text.utf8.count + textHeader
    }

    /// By then every state has its full size, and the calibration has been through its largest, just before its tail is
    /// fitted.
    private static let measuredSamples = 2_048
    /// The state is looked at after every so many samples.
    private static let measuredEvery = 32

    /// The largest snapshot while a wave with a little disorder is worked in; a detector's own word goes before.
    private static func measure(_ stream: CalibratedStream) -> Int {
        var stream = stream
        if let declared = stream.detectorBytes { return declared + stream.snapshot().count }
        var largest = 0
        for index in 0..<measuredSamples {
            let value = sin(Double(index) / 10) + Double(index * 7_919 % 101) / 100
            _ = stream.update(time: Timestamp(milliseconds: 0) + .minutes(Int64(index)), value: value)
            if index % measuredEvery == measuredEvery - 1 { largest = max(largest, stream.snapshot().count) }
        }
        return largest
    }
}
