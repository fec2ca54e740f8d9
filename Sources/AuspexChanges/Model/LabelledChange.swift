package import AuspexSignals

/// A past change of which is known whether it did harm.
package struct LabelledChange: Hashable, Sendable {
    /// When it was made.
    package var time: Timestamp
    /// What is known of it before it runs.
    package var measures: ChangeMeasures
    /// Whether it did harm.
    package var isHarmful: Bool

    /// Creates a labelled change.
    package init(time: Timestamp, measures: ChangeMeasures, isHarmful: Bool) {
        self.time = time
        self.measures = measures
        self.isHarmful = isHarmful
    }
}
