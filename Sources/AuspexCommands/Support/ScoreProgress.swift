import AuspexEvaluation
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The bar of `score`: how many inputs are done, and how far the reading of a large one has come.
///
/// A class because several inputs are read at the same time.
final class ScoreProgress: Sendable {
    private struct State {
        var done = 0
        var name = ""
        /// How far the inputs have come that are read row by row.
        var readings: [String: ReadingProgress] = [:]
        var last: ContinuousClock.Instant?
        var isOver = false
    }

    /// More often than ten times a second nobody sees.
    private static let interval = Duration.milliseconds(100)

    private let total: Int
    private let bar = ProgressBar()
    private let sharesTerminal: Bool
    private let state: Mutex<State>

    /// - Parameters:
    ///   - inputs: their names, in order.
    ///   - isWrittenToFile: whether the rows go to a file; else a bar ends when they come to the same terminal.
    init(_ inputs: [String], isWrittenToFile: Bool) {
        total = inputs.count
        sharesTerminal = !isWrittenToFile && isatty(STDOUT_FILENO) != 0
        state = Mutex(State(name: inputs.first ?? ""))
        state.withLock { show(&$0) }
    }

    /// Notes how far the reading of an input has come.
    func read(_ reading: ReadingProgress) {
        state.withLock { state in
            state.readings[reading.file] = reading
            state.name = "\(reading)"
            let now = ContinuousClock.now
            if let last = state.last, last.duration(to: now) < Self.interval { return }
            show(&state)
        }
    }

    /// Notes that an input is done.
    func end(_ name: String) {
        state.withLock { state in
            state.done += 1
            state.readings[name] = nil
            state.name = name
            show(&state)
        }
    }

    /// Says something to the person at the terminal, beside the bar.
    func aside(_ body: () -> Void) {
        state.withLock { state in
            bar.end()
            body()
            if !state.isOver { show(&state) }
        }
    }

    /// Makes room for rows.
    func willWriteRows() {
        if sharesTerminal { end() }
    }

    /// Takes the bar away for good.
    func end() {
        state.withLock { state in
            if !state.isOver { bar.end() }
            state.isOver = true
        }
    }

    private func show(_ state: inout State) {
        guard !state.isOver else { return }
        state.last = .now
        let readings = state.readings.values.reduce(0) { $0 + $1.fraction }
        bar.show(
            done: state.done, total: total, fraction: (Double(state.done) + readings) / Double(max(1, total)),
            name: state.name)
    }
}
