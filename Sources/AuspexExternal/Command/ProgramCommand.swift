import AuspexDetection

/// A program and its arguments, as a user writes them behind `exec:`.
///
/// `exec:./detect.py --window 5` or, with an option of ours in front, `exec:timeout=300 ./detect.py --window 5`. Words are
/// separated by blanks; single quotes, double quotes and the backslash keep blanks as in a shell, and nothing else means
/// anything: there is no shell, so that no variable, wildcard, pipe or redirection is looked at.
struct ProgramCommand: Sendable, Hashable {
    /// The name of the scheme, before the colon.
    static let scheme = "exec"
    /// The option in front of the program that limits its time.
    static let timeoutOption = "timeout"
    /// How long a program may take when nothing is said, in seconds.
    static let defaultTimeout = 60.0
    /// How long a program may be allowed to take, in seconds: up to a day.
    static let timeouts = 0.01...86_400.0
    /// Longer texts are refused: a command line of this length was not written by a person.
    private static let maximumLength = 65_536

    /// The whole specification, for messages.
    let text: String
    /// The program and its arguments; not empty.
    let argv: [String]
    /// How long the program may take, from its start to its end.
    let timeout: Duration

    /// Reads what stands behind `exec:`.
    ///
    /// - Throws: `DetectorError.program` with the column, counted in the whole specification from 1.
    init(_ rest: String) throws(DetectorError) {
        let text = "\(Self.scheme):\(rest)"
        self.text = text
        guard rest.utf8.count <= Self.maximumLength else {
            throw .program(
                command: String(text.prefix(40)) + "…", reason: "is longer than \(Self.maximumLength) bytes")
        }
        var words = try CommandWords.split(rest, of: text)
        var seconds = Self.defaultTimeout
        while let (name, value) = words.first?.option {
            guard name == Self.timeoutOption else {
                throw .program(
                    command: text,
                    reason: "'\(name)' is no option; the option before the program is \(Self.timeoutOption)=SECONDS, "
                        + "and a program whose name has a = is written ./\(name)=\(value)")
            }
            guard let number = Double(value), Self.timeouts.contains(number) else {
                throw .program(
                    command: text,
                    reason: "\(name)=\(value) is not allowed; it must be a number of seconds from "
                        + "\(Self.timeouts.lowerBound) to \(Self.timeouts.upperBound)")
            }
            seconds = number
            words.removeFirst()
        }
        guard let program = words.first, !program.text.isEmpty else {
            throw .program(
                command: text, reason: "the program is missing; write exec:PROGRAM ARGUMENT…, such as exec:./detect.py")
        }
        argv = words.map(\.text)
        timeout = .seconds(seconds)
    }
}

extension CommandWords.Word {
    /// The word as an option of ours: letters, `=` and a value, without quotes.
    fileprivate var option: (name: String, value: String)? {
        guard !isQuoted, let equals = text.firstIndex(of: "=") else { return nil }
        let name = text[..<equals]
        guard let first = name.first, first.isLetter, name.allSatisfy({ $0.isLetter || $0 == "_" || $0 == "-" }) else {
            return nil
        }
        return (String(name), String(text[text.index(after: equals)...]))
    }
}
