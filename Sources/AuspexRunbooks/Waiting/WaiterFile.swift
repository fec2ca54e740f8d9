import AuspexExpressions
import AuspexSignals

/// A file of waiters as AWS's botocore has them (`waiters-2.json`). It is read as it is.
package struct WaiterFile: Hashable, Sendable {
    /// Why a text is no such file.
    package struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
        /// What is wrong, with the place within the file.
        package let description: String
    }

    /// The version of the format that this is.
    private static let version: Int64 = 2
    /// Seconds between two polls, and polls in all, that can be made of a file's numbers.
    private static let delays: ClosedRange<Int64> = 0...86_400
    private static let attempts: ClosedRange<Int64> = 1...1_000_000

    /// The waiters by their names.
    package let waiters: [String: Waiter]

    /// Reads a file's text.
    ///
    /// Members that the format does not have are passed over, as botocore does.
    ///
    /// - Throws: ``Problem`` for the first thing that is wrong.
    package init(parsing text: String) throws(Problem) {
        let root: JSONValue
        do throws(JSONError) {
            root = try JSONValue(parsing: text)
        } catch {
            throw Problem(description: error.description)
        }
        guard root["version"]?.int == Self.version else {
            throw Problem(description: "'version' must be \(Self.version)")
        }
        guard let bodies = root["waiters"]?.object else { throw Problem(description: "'waiters' must be an object") }
        var waiters: [String: Waiter] = [:]
        for (name, body) in bodies.sorted(by: { $0.key < $1.key }) {
            waiters[name] = try Self.waiter(body, named: name)
        }
        self.waiters = waiters
    }

    private static func waiter(_ body: JSONValue, named name: String) throws(Problem) -> Waiter {
        let place = "waiters.\(name)"
        guard let delay = body["delay"]?.int, delays.contains(delay) else {
            throw Problem(description: "\(place).delay must be a number of seconds from 0 to \(delays.upperBound)")
        }
        guard let most = body["maxAttempts"]?.int, attempts.contains(most) else {
            throw Problem(description: "\(place).maxAttempts must be a number from 1 to \(attempts.upperBound)")
        }
        guard let list = body["acceptors"]?.array, !list.isEmpty else {
            throw Problem(description: "\(place).acceptors must be a list with at least one acceptor")
        }
        var acceptors: [Waiter.Acceptor] = []
        for (number, acceptor) in list.enumerated() {
            acceptors.append(try self.acceptor(acceptor, at: "\(place).acceptors[\(number)]"))
        }
        guard acceptors.contains(where: { $0.state == .success }) else {
            throw Problem(description: "\(place).acceptors: none has the state success, so the wait could only fail")
        }
        let operation = body["operation"]?.string
        return Waiter(
            acceptors: acceptors, delay: .seconds(delay), maxAttempts: Int(most),
            name: operation.map { "\(name) (\($0))" } ?? name)
    }

    private static func acceptor(_ body: JSONValue, at place: String) throws(Problem) -> Waiter.Acceptor {
        guard let state = body["state"]?.string.flatMap(Waiter.Acceptor.State.init) else {
            throw Problem(description: "\(place).state must be success, failure or retry")
        }
        guard let matcher = body["matcher"]?.string.flatMap(Waiter.Acceptor.Matcher.init) else {
            throw Problem(description: "\(place).matcher must be path, pathAll, pathAny, status or error")
        }
        guard let expected = body["expected"] else { throw Problem(description: "\(place) needs 'expected'") }
        var argument: String?
        switch matcher {
        case .path, .pathAll, .pathAny:
            guard let text = body["argument"]?.string else {
                throw Problem(description: "\(place).argument must be a JMESPath expression")
            }
            do {
                _ = try JMESPath(compiling: text)
            } catch {
                throw Problem(description: "\(place).argument is not a JMESPath expression: \(error)")
            }
            argument = text
        case .status:
            guard expected.int != nil else { throw Problem(description: "\(place).expected must be a number") }
        case .error:
            guard expected.bool != nil || expected.string != nil else {
                throw Problem(description: "\(place).expected must be true, false or an error's code")
            }
        }
        return Waiter.Acceptor(
            state: state, matcher: matcher, argument: argument, expected: expected,
            note: body["description"]?.string)
    }
}
