import AuspexDocuments

/// Reads the windows among the documents that ``RuleLoader`` loads.
enum WindowLoader {
    /// The `kind` of a document that is a window.
    static let kind = "window"

    /// The windows among `documents`; those of another kind are left out, and mistakes go to the collector.
    static func windows(in documents: [Document], reporting collector: DiagnosticCollector) -> WindowSet {
        var windows: [TimeWindow] = []
        for document in documents where document.kind == kind {
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
}
