/// Why a program gave no scores.
enum ProgramFailure: Error, Hashable, Sendable {
    /// The file that it is to read cannot be written.
    case input(reason: String)
    /// It cannot be started.
    case notStarted(program: String, reason: String)
    /// It was not done in time.
    case timedOut(seconds: Double)
    /// It ended with this code.
    case exited(code: Int32)
    /// A signal ended it.
    case signalled(Int32)
    /// It wrote more than an honest answer can have.
    case tooMuchOutput(limit: Int)
    /// What it answered is wrong; `line` counts from 1.
    case answer(line: Int, reason: String)
    /// It ended before it had answered for every row.
    case tooFewAnswers(given: Int, rows: Int)
}

extension ProgramFailure: CustomStringConvertible {
    /// What was wrong; and, after a semicolon, what would be right.
    var description: String {
        switch self {
        case .input(let reason):
            "its input cannot be written to a temporary file: \(reason); make room there, or name another folder in TMPDIR"
        case .notStarted(let program, let reason): "\(program) cannot be started: \(reason)"
        case .timedOut(let seconds):
            "was not done after \(seconds) seconds and was ended; make it faster, or write "
                + "exec:\(ProgramCommand.timeoutOption)=SECONDS before the program"
        case .exited(let code): "ended with exit code \(code); it must end with 0 after its last answer"
        case .signalled(let signal): "was ended by signal \(signal)"
        case .tooMuchOutput(let limit):
            "wrote more than \(limit) bytes; it must write one short object for each row and nothing else"
        case .answer(let line, let reason): "line \(line) of its output: \(reason)"
        case .tooFewAnswers(let given, let rows):
            "answered for \(given) of \(rows) rows; it must write one object with a score for each row"
        }
    }
}
