/// What can go wrong between a user's words, a table and a detector. The description says what was wrong and what would
/// be right.
public enum DetectorError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The text is not `name:key=value,…`. `column` counts characters from 1.
    case malformedSpecification(text: String, column: Int, reason: String)
    /// No detector of that name is registered.
    case unknownDetector(name: String, nearest: String?, known: [String])
    /// The detector exists, but does not run over a stream.
    case notStreaming(name: String, streaming: [String])
    /// The detector has no such parameter.
    case unknownParameter(detector: String, name: String, nearest: String?, known: [String])
    /// The parameter's value cannot be read or is out of its range.
    case invalidParameter(detector: String, name: String, value: String, allowed: String)
    /// The detector's code asks for a parameter that its descriptor does not declare with that type.
    case undeclaredParameter(detector: String, name: String)
    /// The name is taken, or is not made of `a-z`, `0-9` and `-`.
    case invalidRegistration(name: String, reason: String)
    /// The columns do not make a table.
    case invalidTable(reason: String)
    /// The training range reaches beyond the table or is empty.
    case invalidTraining(lower: Int, upper: Int, rows: Int)
    /// The model was fitted on a table of another width.
    case widthMismatch(fitted: Int, given: Int)
    /// The table is more than the detector may take on; nothing was allocated.
    case tooLarge(detector: String, reason: String)
    /// A false-alarm rate that is no rate.
    case invalidAlpha(value: Double)
    /// An allowance of false alerts that the series cannot have.
    case invalidAllowance(reason: String)
    /// The snapshot is damaged, of another kind, or of a version that this release cannot read.
    case invalidSnapshot(reason: String)
    /// The linear algebra gave up; the data is at fault in a way that the detector did not foresee.
    case numerics(detector: String, reason: String)
    /// A program that was asked for scores cannot be run, or did not give them. `command` is as the user wrote it.
    case program(command: String, reason: String)

    /// What was wrong and what would be right, for a user to read.
    public var description: String {
        switch self {
        case .malformedSpecification(let text, let column, let reason):
            "detector '\(text)', column \(column): \(reason); write name or name:key=value,key=value"
        case .unknownDetector(let name, let nearest, let known):
            "unknown detector '\(name)'\(Self.suggestion(nearest)); known: \(known.joined(separator: ", "))"
        case .notStreaming(let name, let streaming):
            "detector '\(name)' needs the whole table and cannot run over a stream; streaming detectors: "
                + (streaming.isEmpty ? "none" : streaming.joined(separator: ", "))
        case .unknownParameter(let detector, let name, let nearest, let known):
            "detector '\(detector)' has no parameter '\(name)'\(Self.suggestion(nearest)); it has "
                + (known.isEmpty ? "none" : known.joined(separator: ", "))
        case .invalidParameter(let detector, let name, let value, let allowed):
            "detector '\(detector)': \(name)=\(value) is not allowed; \(name) must be \(allowed)"
        case .undeclaredParameter(let detector, let name):
            "detector '\(detector)' uses the parameter '\(name)' without declaring it with that type in its descriptor"
        case .invalidRegistration(let name, let reason):
            "detector '\(name)' cannot be registered: \(reason)"
        case .invalidTable(let reason):
            "not a table: \(reason)"
        case .invalidTraining(let lower, let upper, let rows):
            "training rows \(lower)..<\(upper) are not a non-empty part of the table's rows 0..<\(rows)"
        case .widthMismatch(let fitted, let given):
            "the model was fitted on \(fitted) column(s) and got \(given); give it a table of the same columns"
        case .tooLarge(let detector, let reason):
            "detector '\(detector)': \(reason)"
        case .invalidAlpha(let value):
            "the false-alarm rate \(value) must lie between 0 and 1, such as 0.001"
        case .invalidAllowance(let reason): "false alerts cannot be allowed so: \(reason)"
        case .invalidSnapshot(let reason):
            "the snapshot cannot be restored: \(reason)"
        case .numerics(let detector, let reason):
            "detector '\(detector)': \(reason)"
        case .program(let command, let reason):
            "detector '\(command)': \(reason)"
        }
    }

    private static func suggestion(_ nearest: String?) -> String {
        nearest.map { ", did you mean '\($0)'?" } ?? ""
    }
}
