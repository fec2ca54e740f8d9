/// Why a value cannot be a parameter.
package indirect enum ParameterError: Error, Hashable, Sendable, CustomStringConvertible {
    /// It is required and was not given.
    case missing(String)
    /// The runbook has no such parameter.
    case unknown(String, known: [String])
    /// It is of another kind.
    case wrongKind(String, expected: Parameter.Kind, got: String)
    /// It is empty.
    case empty(String)
    /// It is longer than allowed.
    case tooLong(String, length: Int, limit: Int)
    /// It has a line end, a NUL or another control character.
    case controlCharacter(String)
    /// It is none of the choices.
    case notAChoice(String, value: String, choices: [String])
    /// It does not match the pattern.
    case noMatch(String, value: String, pattern: String)
    /// It is no absolute path without `.` and `..`.
    case badPath(String, value: String)
    /// It is no host name or address.
    case badHost(String, value: String)
    /// It is sensitive, and so short that masking it would hide nothing and spoil everything.
    case tooShortToMask(String)
    /// It would begin an argument with a hyphen, and so become an option.
    case leadingHyphen(String, step: String)
    /// It would be the path segment `.` or `..` of a URL.
    case dotSegment(String, step: String)
    /// It has too many elements.
    case tooMany(String, count: Int, limit: Int)
    /// It has an element twice.
    case twice(String, value: String)
    /// It has no element, so that nothing would be done.
    case noElement(String, step: String)
    /// A value for another runbook is not allowed there.
    case inside(runbook: String, step: String, ParameterError)
    /// The other runbook cannot be part of this one.
    case badCall(String, step: String)
    /// The plan would be too large.
    case tooManySteps(Int, limit: Int)
    /// Filled in, it is no port, path or the like.
    case unfit(step: String, what: String, value: String, form: String)

    package var description: String {
        switch self {
        case .missing(let name): "parameter '\(name)' is required; give it with --param \(name)=VALUE"
        case .unknown(let name, let known):
            "there is no parameter '\(name)'; the runbook has \(known.isEmpty ? "none" : known.joined(separator: ", "))"
        case .wrongKind(let name, let kind, let got): "parameter '\(name)' must be of type \(kind.rawValue), not \(got)"
        case .empty(let name): "parameter '\(name)' is empty"
        case .tooLong(let name, let length, let limit):
            "parameter '\(name)' has \(length) characters; at most \(limit) are allowed (max_length)"
        case .controlCharacter(let name):
            "parameter '\(name)' has a line end, a NUL or another control character; none is allowed"
        case .notAChoice(let name, let value, let choices):
            "parameter '\(name)' is \(value); allowed: \(choices.joined(separator: ", "))"
        case .noMatch(let name, let value, let pattern): "parameter '\(name)' is \(value), which is not like \(pattern)"
        case .badPath(let name, let value):
            "parameter '\(name)' is \(value); a path must be absolute, without '.', '..' and '//'"
        case .badHost(let name, let value):
            "parameter '\(name)' is \(value); give a host name, an IPv4 address, or an IPv6 address in brackets"
        case .tooShortToMask(let name):
            "parameter '\(name)' is sensitive and has fewer than \(SecretMask.shortest) bytes, which cannot be masked"
        case .leadingHyphen(let name, let step):
            "parameter '\(name)' would begin an argument of step '\(step)' with a hyphen, which makes it an option"
        case .dotSegment(let name, let step):
            "parameter '\(name)' would be '.' or '..' in the URL of step '\(step)'"
        case .tooMany(let name, let count, let limit):
            "parameter '\(name)' has \(count) elements; at most \(limit) are allowed (max_items)"
        case .twice(let name, let value): "parameter '\(name)' has the element \(value) twice"
        case .noElement(let name, let step):
            "parameter '\(name)' is an empty list, so step '\(step)' would do nothing; give it an element, or write "
                + "'allow_empty: true' if that is right"
        case .inside(let runbook, let step, let problem):
            "step '\(step)', runbook \(runbook): \(problem.description)"
        case .badCall(let why, let step): "step '\(step)': \(why)"
        case .tooManySteps(let count, let limit): "the plan would have \(count) steps; at most \(limit) are allowed"
        case .unfit(let step, let what, let value, let form):
            "the \(what) of step '\(step)' would be \(quoted(value)); it must be \(form)"
        }
    }
}

/// Everything that is wrong with the parameters that were given; never empty.
package struct PlanError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The runbook.
    package let runbook: String
    /// What is wrong.
    package let problems: [ParameterError]

    package var description: String {
        "runbook \(runbook): " + problems.map(\.description).joined(separator: "; ")
    }
}
