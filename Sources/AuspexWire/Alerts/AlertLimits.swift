/// What one request with alerts may cost.
package struct AlertLimits: Hashable, Sendable {
    /// Bytes of the body.
    package var bytes: Int
    /// Alerts in a request; Prometheus sends at most 256 at a time.
    package var alerts: Int
    /// Labels of one alert, and members of the groups' labels. An alert with more is refused.
    package var labels: Int
    /// Bytes of the name of a label or an annotation.
    package var nameBytes: Int
    /// Bytes of a label's value. An alert with a longer one is refused: cut off, it might be another alert.
    package var valueBytes: Int
    /// Bytes of all labels of one alert, names and values. An alert with more is refused.
    package var labelBytes: Int
    /// Annotations of one alert; further ones are left out and counted.
    package var annotations: Int
    /// Bytes of an annotation, and of an address; longer annotations are cut, longer addresses left out, both counted.
    package var annotationBytes: Int
    /// How deeply values may be nested; Grafana's notifications have five levels.
    package var depth: Int
    /// How many refused alerts are described one by one; the others are only counted.
    package var describedRefusals: Int

    /// Creates limits.
    package init(
        bytes: Int = 16 << 20, alerts: Int = 10_000, labels: Int = 64, nameBytes: Int = 1_024, valueBytes: Int = 4_096,
        labelBytes: Int = 8_192, annotations: Int = 64, annotationBytes: Int = 16_384, depth: Int = 32,
        describedRefusals: Int = 100
    ) {
        self.bytes = bytes
        self.alerts = alerts
        self.labels = labels
        self.nameBytes = nameBytes
        self.valueBytes = valueBytes
        self.labelBytes = labelBytes
        self.annotations = annotations
        self.annotationBytes = annotationBytes
        self.depth = depth
        self.describedRefusals = describedRefusals
    }
}
