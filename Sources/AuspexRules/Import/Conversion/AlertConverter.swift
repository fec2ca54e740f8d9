import AuspexDocuments
import AuspexExpressions
import AuspexSignals

/// Makes a rule of an alert whose expression can be said.
struct AlertConverter {
    /// The alert.
    let alert: PrometheusRule
    private let filter: SeriesFilter

    /// Annotations that have a place in a rule.
    private static let titleAnnotations = ["summary", "title", "message"]
    private static let runbookAnnotations = ["runbook_url", "runbook"]
    private static let description = "description"

    /// - Parameters:
    ///   - alert: The alert.
    ///   - filter: The series for which it is active.
    init(_ alert: PrometheusRule, filter: SeriesFilter) {
        self.alert = alert
        self.filter = filter
    }

    /// The text of the rule called `id`.
    func text(id: String) -> RuleText {
        RuleText(
            id: id, title: title, severity: severity.severity, runbookURL: runbook?.url ?? "",
            labels: labels.map { ($0.name, $0.text) }, condition: filter.condition.description, hold: alert.hold,
            keepFiring: alert.keepFiring, comments: comments)
    }

    // MARK: What stands where

    private var severityLabel: PrometheusRule.Entry? { alert.labels.first { $0.name == SeverityWord.label } }

    private var severity: (severity: Severity, isKnown: Bool) {
        guard let label = severityLabel, !label.text.isEmpty else { return (.warning, true) }
        guard let known = SeverityWord.severity(label.text) else { return (.warning, false) }
        return (known, true)
    }

    /// The labels that stay; an empty one is no label.
    private var labels: [PrometheusRule.Entry] {
        alert.labels.filter { !$0.text.isEmpty && ($0.name != SeverityWord.label || !severity.isKnown) }
    }

    /// The annotation that the title is taken from.
    private var titleSource: PrometheusRule.Entry? {
        (Self.titleAnnotations + [Self.description]).lazy.compactMap { alert.annotation($0) }.first
    }

    private var title: String {
        // A description in the title's place may be long, and stands above the rule as well.
        let text = titleSource.map { source in
            source.name == Self.description ? Self.firstLine(source.text) : source.text
        }
        return Self.words(text ?? alert.name)
    }

    /// What to read, and whether it can be a link.
    private var runbook: (entry: PrometheusRule.Entry, url: String?)? {
        guard let entry = Self.runbookAnnotations.lazy.compactMap({ alert.annotation($0) }).first else { return nil }
        let text = Self.words(entry.text)
        return (entry, text.hasPrefix("https://") || text.hasPrefix("http://") ? text : nil)
    }

    private var comments: [String] {
        var comments = ["\(alert.name), from \(alert.location.file)", "expr: \(alert.expression.text ?? "")"]
        for annotation in alert.annotations where !annotation.text.isEmpty {
            let isTitle = annotation.name == titleSource?.name && annotation.name != Self.description
            let isLink = annotation.name == runbook?.entry.name && runbook?.url != nil
            if !isTitle, !isLink { comments.append("\(annotation.name): \(annotation.text)") }
        }
        return comments
    }

    private static func firstLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).first { $0.contains { !$0.isWhitespace } }.map(String.init) ?? text
    }

    /// The text on one line.
    private static func words(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    // MARK: What is not quite what it was

    /// What there is to say about the rule.
    var notes: [ImportFinding] {
        var notes: [ImportFinding] = []
        func note(_ location: SourceLocation, _ message: String) {
            notes.append(ImportFinding(.alert(alert.name), at: location, isLeftOut: false, message))
        }
        if let label = severityLabel, !severity.isKnown {
            let message = "severity '\(label.text)' is not known here: the rule has 'warning' and keeps the label"
            note(label.location, message)
        }
        for (kind, entries) in [("label", labels), ("annotation", alert.annotations)] {
            let templates = entries.filter(\.hasTemplate)
            guard let first = templates.first else { continue }
            let names = templates.map { "'\($0.name)'" }.joined(separator: ", ")
            let (noun, verb) = templates.count > 1 ? ("\(kind)s", "have templates") : (kind, "has a template")
            note(first.location, "\(noun) \(names) \(verb), kept as text: rules fill nothing in")
        }
        for label in alert.labels where label.text.isEmpty {
            let message =
                "label '\(label.name)' is empty, which takes it away in Prometheus; rules keep the series' own"
            note(label.location, message)
        }
        if let runbook, runbook.url == nil {
            note(runbook.entry.location, "'\(runbook.entry.name)' is no link, and stands above the rule as a comment")
        }
        if filter.metric == nil {
            note(alert.expression.location, "names no metric, so that the metrics' names are labels of the alerts, too")
        }
        return notes
    }
}
