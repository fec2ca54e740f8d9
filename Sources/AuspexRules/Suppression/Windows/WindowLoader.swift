package import AuspexDocuments
import AuspexSignals

/// Loads windows, all or none.
package enum WindowLoader {
    /// The `kind` of a document that is a window.
    package static let kind = "window"
    private static let kinds = ["rule", "runbook", kind, ServiceLoader.kind]

    /// Loads the windows of a text. Documents that are rules or runbooks are left out.
    ///
    /// - Throws: `DocumentError` with every mistake.
    package static func load(text: String, file: String) throws(DocumentError) -> WindowSet {
        try windows(in: try DocumentParser.documents(in: text, file: file))
    }

    /// Loads the windows of files and folders. A folder called `runbooks` below a named one and documents that are rules or
    /// runbooks are left out.
    ///
    /// - Throws: `DocumentError` with every mistake in every file, each in its place.
    package static func load(paths: [String]) throws(DocumentError) -> WindowSet {
        try windows(in: try DocumentFiles.documents(at: paths, skippingFolders: { $0 == RuleLoader.runbookFolder }))
    }

    /// Loads the windows among `documents`.
    ///
    /// - Throws: `DocumentError` with every mistake.
    package static func windows(in documents: [Document]) throws(DocumentError) -> WindowSet {
        let collector = DiagnosticCollector()
        let windows = windows(in: documents.filter { isWindow($0, collector) }, reporting: collector)
        try collector.check()
        return windows
    }

    /// The windows that `documents` are; mistakes go to the collector.
    static func windows(in documents: [Document], reporting collector: DiagnosticCollector) -> WindowSet {
        var windows: [TimeWindow] = []
        for document in documents {
            guard let window = WindowDecoder.window(document.root, reporting: collector) else { continue }
            if let first = windows.first(where: { $0.id == window.id }) {
                collector.report(window.location, "the id '\(window.id)' is taken by the window at \(first.location)")
            }
            if windows.count == WindowSet.mostWindows {
                collector.report(window.location, "there may be \(WindowSet.mostWindows) windows; this is one more")
                break
            }
            windows.append(window)
        }
        return WindowSet(windows: windows)
    }

    private static func isWindow(_ document: Document, _ collector: DiagnosticCollector) -> Bool {
        guard document.root.entries != nil, let kind = document.kind else {
            collector.report(document.location, "a document begins with 'kind: window'")
            return false
        }
        if !kinds.contains(kind) {
            let place = document.root["kind"]?.location ?? document.location
            collector.report(place, "unknown kind '\(kind)'\(suggestion(for: kind, among: kinds))")
        }
        return kind == Self.kind
    }
}
