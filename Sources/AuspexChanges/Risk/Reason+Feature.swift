extension Reason {
    /// A measure of a change beside those of earlier ones.
    ///
    /// - Parameters:
    ///   - feature: The measure.
    ///   - value: The change's.
    ///   - baseline: Those of the earlier changes.
    ///   - kind: What these are called.
    ///   - weight: The measure's part in the decision, 0 to 1.
    ///   - effect: What the measure does to the odds, to be added to the text; may be empty.
    init(
        _ feature: ChangeFeature, value: Double, among baseline: Baseline, kind: String, weight: Double,
        effect: String = ""
    ) {
        let past = "of the last \(baseline.count) \(kind)"
        if feature == .fix {
            let share = baseline.mean ?? 0
            let said = value == 0 ? "does not fix a defect" : "fixes a defect"
            let text = "\(said); \(NumberText.short(100 * share)) % \(past) do" + effect
            self.init(text: text, value: value, baseline: share, weight: weight)
        } else {
            let median = baseline.median ?? 0
            let percentile = NumberText.short(baseline.percentile(of: value) ?? 0)
            let text =
                "\(feature.title): \(NumberText.short(value)), median \(NumberText.short(median)),"
                + " percentile \(percentile) \(past)" + effect
            self.init(text: text, value: value, baseline: median, weight: weight)
        }
    }
}
