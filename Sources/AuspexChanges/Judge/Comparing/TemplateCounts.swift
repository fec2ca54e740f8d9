/// How often templates of error lines were seen before and after a change.
package struct TemplateCounts: Hashable, Sendable {
    /// One template.
    package struct Entry: Hashable, Sendable {
        /// The template's text or id.
        package var template: String
        /// How many lines of it there were before.
        package var before: Double
        /// How many there were after.
        package var after: Double

        /// Creates an entry; counts are at least 0.
        package init(template: String, before: Double, after: Double) {
            self.template = template
            self.before = before
            self.after = after
        }
    }

    /// The templates.
    package var entries: [Entry]
    /// How much was looked at before, in any unit: minutes, or all lines.
    package var exposureBefore: Double
    /// How much was looked at after, in the same unit.
    package var exposureAfter: Double

    /// Creates counts; without exposures both times are taken to be the same.
    package init(entries: [Entry] = [], exposureBefore: Double = 1, exposureAfter: Double = 1) {
        self.entries = entries
        self.exposureBefore = exposureBefore
        self.exposureAfter = exposureAfter
    }
}
