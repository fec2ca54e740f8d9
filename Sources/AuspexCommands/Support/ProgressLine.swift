import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What is being waited for, on the last line of a terminal. Nothing where standard error is none.
struct ProgressLine {
    private let isShown: Bool

    /// Looks at standard error and `TERM`.
    init() {
        isShown = isatty(STDERR_FILENO) != 0 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
    }

    /// Shows a text in place of the one before.
    func show(_ text: String) {
        if isShown { Terminal.progress(text) }
    }

    /// Takes the text away.
    func end() {
        if isShown { Terminal.endProgress() }
    }
}
