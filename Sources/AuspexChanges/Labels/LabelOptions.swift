package import AuspexSignals

/// How labels are drawn from a repository's past.
package struct LabelOptions: Hashable, Sendable {
    /// How many fixing commits are followed back, the newest ones; each costs git some hundredths of a second a file.
    /// When there are more, the commits before the newest that is not followed get no label.
    package var mostFixes: Int
    /// A fix that touches more files is taken for something else and left out.
    package var mostFiles: Int
    /// Commits younger than this against the newest one are left out: what is wrong with them is not yet known.
    package var maturity: TimeSpan

    /// Creates options.
    package init(mostFixes: Int = 2_000, mostFiles: Int = 50, maturity: TimeSpan = .hours(24 * 90)) {
        self.mostFixes = mostFixes
        self.mostFiles = mostFiles
        self.maturity = maturity
    }
}
