import AuspexExpressions
package import AuspexSignals

/// What to poll for: acceptors in order, the first that matches a response decides.
///
/// The semantics are those of the waiters of AWS's botocore (`waiter.py`, version 1.43), with these differences: a
/// type error in a JMESPath expression is "no match" and a warning, not the end; a number never equals a truth value;
/// exhaustion names the last acceptor that matched, not the last one that was tried.
package struct Waiter: Hashable, Sendable, Codable {
    /// One way in which a response can decide.
    package struct Acceptor: Hashable, Sendable, Codable {
        /// What a match means.
        package enum State: String, Hashable, Sendable, Codable, CaseIterable { case success, failure, retry }

        /// What part of a response is compared, and how.
        package enum Matcher: String, Hashable, Sendable, Codable, CaseIterable {
            /// The JMESPath result equals the expected value.
            case path
            /// The JMESPath result is a non-empty list whose every member equals it.
            case pathAll
            /// The JMESPath result is a non-empty list with a member that equals it.
            case pathAny
            /// The exit code or HTTP status equals it.
            case status
            /// `true`: any error, `false`: no error, text: the error of this code.
            case error
        }

        /// What a match means.
        package var state: State
        /// What is compared.
        package var matcher: Matcher
        /// The JMESPath expression of a path matcher.
        package var argument: String?
        /// What it must equal.
        package var expected: JSONValue
        /// What whoever wrote it says of it; nil for nothing.
        package var note: String?

        /// Creates an acceptor.
        package init(
            state: State, matcher: Matcher, argument: String? = nil, expected: JSONValue, note: String? = nil
        ) {
            self.state = state
            self.matcher = matcher
            self.argument = argument
            self.expected = expected
            self.note = note
        }
    }

    /// What a poll brought back, reduced to what acceptors look at.
    package struct Response: Hashable, Sendable {
        /// The JSON body or output; null where there is none.
        package var body: JSONValue
        /// The exit code or HTTP status.
        package var status: Int64?
        /// The error's code when the response is an error.
        package var errorCode: String?

        /// Creates a response.
        package init(body: JSONValue, status: Int64? = nil, errorCode: String? = nil) {
            self.body = body
            self.status = status
            self.errorCode = errorCode
        }
    }

    /// What the acceptors say of one response.
    package struct Verdict: Hashable, Sendable {
        /// The index of the first acceptor that matches; nil when none does.
        package var acceptor: Int?
        /// Type errors met on the way, for the step's log.
        package var warnings: [String]
    }

    /// Acceptors in order of preference.
    package var acceptors: [Acceptor]
    /// Time between polls.
    package var delay: TimeSpan
    /// Most polls in all, at least 1.
    package var maxAttempts: Int
    /// What it is called where it comes from, with the operation that it was written for; nil for one without a name.
    package var name: String?

    /// Creates a waiter.
    package init(acceptors: [Acceptor], delay: TimeSpan, maxAttempts: Int, name: String? = nil) {
        self.acceptors = acceptors
        self.delay = delay
        self.maxAttempts = maxAttempts
        self.name = name
    }

    /// Finds the first acceptor that matches `response`.
    package func verdict(on response: Response) -> Verdict {
        var warnings: [String] = []
        let index = acceptors.firstIndex { $0.matches(response, warnings: &warnings) }
        return Verdict(acceptor: index, warnings: warnings)
    }
}

extension Waiter.Acceptor: CustomStringConvertible {
    /// `success: path status == "ok"`, for reasons and logs; with what its author says of it.
    package var description: String {
        "\(state.rawValue): \(matcher.rawValue)\(argument.map { " \($0)" } ?? "") == \(expected.canonicalText)"
            + (note.map { ": \($0)" } ?? "")
    }

    /// Whether the response is what this acceptor looks for.
    fileprivate func matches(_ response: Waiter.Response, warnings: inout [String]) -> Bool {
        switch matcher {
        case .path: result(in: response, &warnings).map { Self.equal($0, expected) } ?? false
        case .pathAll:
            members(in: response, &warnings).map { list in list.allSatisfy { Self.equal($0, expected) } } ?? false
        case .pathAny:
            members(in: response, &warnings).map { list in list.contains { Self.equal($0, expected) } } ?? false
        case .status: response.status.map { Self.equal(.int($0), expected) } ?? false
        case .error:
            switch expected {
            case .bool(let wanted): (response.errorCode != nil) == wanted
            case .string(let code): response.errorCode == code
            default: false
            }
        }
    }

    /// The JMESPath result; nil for an error response, which paths never look into.
    private func result(in response: Waiter.Response, _ warnings: inout [String]) -> JSONValue? {
        guard response.errorCode == nil, let argument else { return nil }
        do {
            return try JMESPath(compiling: argument).search(response.body)
        } catch {
            warnings.append("\(self): \(error)")
            return nil
        }
    }

    /// The members of a list that is not empty.
    private func members(in response: Waiter.Response, _ warnings: inout [String]) -> [JSONValue]? {
        guard let list = result(in: response, &warnings)?.array, !list.isEmpty else { return nil }
        return list
    }

    /// Equality of JSON values by which 1 equals 1.0, and nothing else crosses types.
    private static func equal(_ left: JSONValue, _ right: JSONValue) -> Bool {
        switch (left, right) {
        case (.int(let whole), .double(let other)), (.double(let other), .int(let whole)):
            Int64(exactly: other) == whole
        case (.array(let left), .array(let right)):
            left.count == right.count && zip(left, right).allSatisfy { equal($0, $1) }
        case (.object(let left), .object(let right)):
            left.count == right.count
                && left.allSatisfy { name, value in right[name].map { equal(value, $0) } ?? false }
        default: left == right
        }
    }
}
