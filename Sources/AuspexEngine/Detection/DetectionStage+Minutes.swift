import AuspexSignals

extension DetectionStage {
    /// The detector whose expectation goes by the time of day alone, so that it does not follow what a change has done.
    private static let seasonalDetector = "seasonal"

    /// Whether what the detector expects may be taken for what the time of day brings.
    var expectsBySeason: Bool { detectorName == Self.seasonalDetector }

    /// The last minutes of the series of these services, in order of their labels' text. Costs what it finds.
    func minutes(ofServices services: [String]) -> [(labels: Labels, minutes: MinuteHistory)] {
        series(ofServices: services).map { (text: $0.labels.description, labels: $0.labels, minutes: $0.minutes) }
            .sorted { $0.text < $1.text }
            .map { ($0.labels, $0.minutes) }
    }
}
