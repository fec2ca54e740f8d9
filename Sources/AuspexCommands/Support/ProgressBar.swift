import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// How far something has come, on the last line of a terminal. Nothing where standard error is none.
struct ProgressBar {
    private static let cells = 24
    /// Where the terminal does not say how wide it is.
    private static let usualWidth = 80
    /// A name shorter than this says nothing; then it is left out.
    private static let shortestName = 12

    private let isShown: Bool
    private let isColoured: Bool
    private let width: Int
    private let start = ContinuousClock.now

    /// Looks at standard error, `NO_COLOR` and `TERM`.
    init() {
        let environment = ProcessInfo.processInfo.environment
        let terminal = environment["TERM"] ?? ""
        isShown = isatty(STDERR_FILENO) != 0 && terminal != "dumb"
        isColoured = (environment["NO_COLOR"] ?? "").isEmpty && !terminal.isEmpty
        var size = winsize()
        let known = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        width = known ? Int(size.ws_col) : Self.usualWidth
    }

    /// Shows that `done` of `total` are done, and what was done last.
    ///
    /// - Parameter fraction: the part that is done, from 0 to 1, where more is known of it than whole ones.
    func show(done: Int, total: Int, fraction: Double? = nil, name: String) {
        guard isShown else { return }
        Terminal.progress(
            Self.text(
                done: done, total: total, fraction: fraction ?? Double(done) / Double(max(1, total)), name: name,
                elapsed: start.duration(to: .now), width: width, isColoured: isColoured))
    }

    /// Takes the bar away.
    func end() {
        if isShown { Terminal.endProgress() }
    }

    /// One line of at most `width` characters: bar, count, time, name; the end of a long name says most.
    static func text(
        done: Int, total: Int, fraction: Double, name: String, elapsed: Duration, width: Int, isColoured: Bool
    ) -> String {
        let filled = Int(Double(cells) * min(1, max(0, fraction)))
        let bar = (String(repeating: "█", count: filled), String(repeating: "░", count: cells - filled))
        let seconds = elapsed.components.seconds
        let time = "\(seconds / 60):" + (seconds % 60 < 10 ? "0" : "") + "\(seconds % 60)"
        let count = " \(done)/\(total) \(time)"
        // The cursor stands behind the text, and must not wrap.
        let room = width - 1 - cells - count.count - 1
        var told = ""
        if room >= shortestName {
            // A name may hold what would move the cursor.
            let safe = String(String.UnicodeScalarView(name.unicodeScalars.map { isControl($0) ? "?" : $0 }))
            told = " " + (safe.count > room ? "…" + safe.suffix(room - 1) : safe)
        }
        let drawn = isColoured ? "\u{1b}[36m\(bar.0)\u{1b}[2m\(bar.1)\u{1b}[0m" : bar.0 + bar.1
        return drawn + count + told
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7f..<0xa0).contains(scalar.value)
    }
}
