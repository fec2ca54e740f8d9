import AuspexLogs
public import AuspexSignals
import Foundation

/// A ``LogDiff`` for people and programs.
public struct LogDiffReport: Sendable {
    /// How the list is written.
    public enum Format: String, Sendable, CaseIterable {
        /// Columns for reading in a terminal, without the templates that are the same.
        case table
        /// Comma-separated values with a row of names before them, all templates.
        case csv
        /// One JSON object per line, all templates.
        case ndjson
    }

    /// Templates of one kind that a page shows.
    private static let mostRows = 500

    private let diff: LogDiff
    private let names: (before: String, after: String)

    /// A report of `diff`, with the names of the two logs.
    public init(_ diff: LogDiff, before: String, after: String) {
        self.diff = diff
        names = (before, after)
    }

    /// The list as text.
    public func text(_ format: Format) -> String {
        switch format {
        case .table: return table
        case .csv:
            let head = [
                "change", "EventId", "before", "after", "ratio", "severity", "first_time", "text_before",
                "EventTemplate", "example",
            ]
            return CSVText.row(head) + diff.entries.map { CSVText.row(Self.fields($0)) }.joined()
        case .ndjson: return diff.entries.map { Self.object($0) + "\n" }.joined()
        }
    }

    /// What differs, in a sentence.
    public var summary: String {
        let counts = LogDiff.Change.allCases.map { change in "\(diff.entries(change).count) \(Self.word(change))" }
        return
            "\(diff.linesBefore) lines before, \(diff.linesAfter) after; templates: " + counts.joined(separator: ", ")
    }

    private var table: String {
        let rows = diff.entries.filter { $0.change != .same }.map { entry in
            [
                Self.word(entry.change), entry.severity?.name ?? "", "\(entry.before)", "\(entry.after)",
                entry.ratio.map { NumberText.fixed($0, 2) } ?? "", entry.template.id.description,
                Self.printable(entry.template.text),
            ]
        }
        let head = ["change", "severity", "before", "after", "ratio", "id", "template"]
        let sides: [AlignedText.Side] = [.left, .left, .right, .right, .right, .left, .left]
        return rows.isEmpty ? "" : AlignedText.table([head] + rows, sides: sides)
    }

    private static func word(_ change: LogDiff.Change) -> String {
        switch change {
        case .new: "new"
        case .gone: "gone"
        case .more: "more"
        case .fewer: "fewer"
        case .general: "more general"
        case .same: "the same"
        }
    }

    private static func fields(_ entry: LogDiff.Entry) -> [String] {
        [
            entry.change.rawValue, entry.template.id.description, "\(entry.before)", "\(entry.after)",
            entry.ratio.map { NumberText.fixed($0, 4) } ?? "", entry.severity?.name ?? "",
            entry.template.firstTime?.iso8601 ?? "", printable(entry.textBefore ?? ""), printable(entry.template.text),
            printable(entry.template.example),
        ]
    }

    private static func object(_ entry: LogDiff.Entry) -> String {
        func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
        let members: [String: JSONValue] = [
            "change": .string(entry.change.rawValue), "EventId": .string(entry.template.id.description),
            "before": .int(Int64(clamping: entry.before)), "after": .int(Int64(clamping: entry.after)),
            "ratio": entry.ratio.map { .double($0) } ?? .null, "severity": text(entry.severity?.name),
            "first_time": text(entry.template.firstTime?.iso8601), "text_before": text(entry.textBefore),
            "EventTemplate": .string(entry.template.text), "example": .string(entry.template.example),
        ]
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(JSONValue.object(members))).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    /// The text with control characters, among them those that steer a terminal, replaced.
    private static func printable(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{fffd}" : $0 }))
    }

    // MARK: The page

    /// A page that needs nothing else: no script, no font, no picture from elsewhere. What comes from the logs is escaped.
    public func html(generatedAt: Timestamp) -> String {
        var parts = [
            """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <title>What changed in the logs</title>
            <style>
            \(ReportStyle.css)
            td.template { white-space: normal; overflow-wrap: anywhere; min-width: 24rem; }
            td.severe { color: var(--alert); font-weight: 600; }
            mark { background: none; color: var(--values); font-weight: 600; }
            </style>
            </head>
            <body>
            <h1>What changed in the logs</h1>
            <p class="faint">From <code>\(HTMLText.escaped(names.before))</code> to
            <code>\(HTMLText.escaped(names.after))</code> · generated by Auspex at \(generatedAt.iso8601)</p>
            <p>\(HTMLText.escaped(summary)).</p>
            """
        ]
        for change in LogDiff.Change.allCases where change != .same {
            let entries = diff.entries(change)
            guard !entries.isEmpty else { continue }
            parts.append("<h2>\(Self.title(change))</h2>")
            parts.append(Self.section(change, Array(entries.prefix(Self.mostRows))))
            if entries.count > Self.mostRows {
                parts.append("<p class=\"faint\">\(entries.count - Self.mostRows) more are left out.</p>")
            }
        }
        if diff.isEmpty { parts.append("<p>Nothing differs.</p>") }
        parts.append(
            """
            <footer>A ratio compares a template's count with what the other templates let expect
            (\(NumberText.fixed(diff.scale, 3)) lines after for each line before). Times are in UTC.</footer>
            </body>
            </html>

            """)
        return parts.joined(separator: "\n")
    }

    private static func title(_ change: LogDiff.Change) -> String {
        switch change {
        case .new: "New"
        case .gone: "Gone"
        case .more: "More than before"
        case .fewer: "Fewer than before"
        case .general: "With other values than before"
        case .same: "The same"
        }
    }

    private static func section(_ change: LogDiff.Change, _ entries: [LogDiff.Entry]) -> String {
        let names = ["severity", "before", "after", "ratio", "first seen", "template and example"]
        let rows = entries.map { entry -> [HTMLTable.Cell] in
            let isSevere = (entry.severity ?? .info) >= .error
            return [
                HTMLTable.Cell(
                    html: HTMLText.escaped(entry.severity?.name ?? "–"), css: isSevere ? "text severe" : "text"),
                .number("\(entry.before)"), .number("\(entry.after)"),
                .number(entry.ratio.map { NumberText.fixed($0, 2) }),
                .text(change == .new ? entry.template.firstTime?.iso8601 ?? "–" : "–"),
                HTMLTable.Cell(html: content(entry), css: "text template", title: entry.template.id.description),
            ]
        }
        return HTMLTable(caption: "", header: names.map { .text($0) }, rows: rows).html
    }

    private static func content(_ entry: LogDiff.Entry) -> String {
        var lines = ["<code>\(marked(entry.template.text))</code>"]
        if entry.change == .general, let before = entry.textBefore {
            lines.append("<span class=\"faint\">before: <code>\(marked(before))</code></span>")
        }
        if entry.template.example != entry.template.text {
            lines.append("<span class=\"faint\">\(HTMLText.escaped(entry.template.example))</span>")
        }
        return lines.joined(separator: "<br>")
    }

    private static func marked(_ text: String) -> String {
        HTMLText.escaped(text).replacing("&lt;*&gt;", with: "<mark>&lt;*&gt;</mark>")
    }
}
