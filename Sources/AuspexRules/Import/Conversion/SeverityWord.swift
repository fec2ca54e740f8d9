/// The words that alerts of Prometheus use for how much they matter, which has no meaning there of its own.
enum SeverityWord {
    /// The label in which they stand by custom.
    static let label = "severity"

    /// The severity that a word means; nil for one that is not known.
    static func severity(_ word: String) -> Severity? {
        switch word.lowercased() {
        case "critical", "page", "error": .critical
        case "warning", "warn": .warning
        case "info", "none": .info
        default: nil
        }
    }
}
