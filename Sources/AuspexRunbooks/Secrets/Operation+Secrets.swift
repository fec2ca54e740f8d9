import Foundation

extension Operation {
    /// The names of the secrets that it needs, each once, in alphabetical order.
    package var secrets: [String] {
        switch self {
        case .run(let command):
            let texts = (command.secretEnvironment ?? [:]).values + [command.secretInput].compactMap { $0 }
            return Set(texts.flatMap(\.secrets)).sorted()
        case .http(let request):
            let names = (request.secretHeaders ?? [:]).values.flatMap(\.secrets)
            return Set(names + [request.authentication?.secret].compactMap { $0 }).sorted()
        default: return []
        }
    }

    /// The operation with the values of its secrets in their places, ready to be carried out and never to be stored or
    /// shown.
    ///
    /// - Throws: ``SecretPlaceError`` when a value is missing or cannot stand where it is wanted.
    package func resolved(with values: [String: String]) throws(SecretPlaceError) -> Operation {
        let value = { (name: String) throws(SecretPlaceError) -> String in
            guard let value = values[name] else { throw .missing(name) }
            return value
        }
        switch self {
        case .run(var command):
            for (name, text) in (command.secretEnvironment ?? [:]).sorted(by: { $0.key < $1.key }) {
                let filled = try text.filled(value)
                guard !filled.utf8.contains(0) else { throw .notForEnvironment(name) }
                command.environment[name] = filled
            }
            if let text = command.secretInput { command.input = try text.filled(value) }
            command.secretEnvironment = nil
            command.secretInput = nil
            return .run(command)
        case .http(var request):
            for (name, text) in (request.secretHeaders ?? [:]).sorted(by: { $0.key < $1.key }) {
                request.headers[name] = try text.filled(value)
            }
            if let authentication = request.authentication {
                request.headers["Authorization"] = try authentication.header(value)
            }
            let broken = request.headers.filter { !Request.mayBeFieldValue($0.value) }
            if let name = broken.keys.min() { throw .notForHeader(name) }
            request.secretHeaders = nil
            request.authentication = nil
            return .http(request)
        default: return self
        }
    }
}

extension Authentication {
    fileprivate func header(
        _ value: (String) throws(SecretPlaceError) -> String
    ) throws(SecretPlaceError) -> String {
        switch self {
        case .bearer(let secret): return "Bearer " + (try value(secret))
        case .basic(let user, let secret):
            // The first colon ends the user's name (RFC 7617, section 2).
            guard !user.contains(":") else { throw .notAUser(user) }
            return "Basic " + Data("\(user):\(try value(secret))".utf8).base64EncodedString()
        }
    }
}

extension Request {
    /// Whether a text can be the value of a header field: no control character but the tab, so that it can neither end
    /// the field nor begin another (RFC 9110, section 5.5).
    package static func mayBeFieldValue(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f || $0 == UInt8(ascii: "\t") }
    }
}

/// Why a secret cannot stand where a runbook wants it. The value itself is never part of it.
package enum SecretPlaceError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Its value was not given.
    case missing(String)
    /// The variable's value would have a NUL in it.
    case notForEnvironment(String)
    /// The header field's value would have a line end or another control character in it.
    case notForHeader(String)
    /// The user's name has a colon in it.
    case notAUser(String)

    package var description: String {
        switch self {
        case .missing(let name): "the secret '\(name)' has no value"
        case .notForEnvironment(let name): "the variable \(name) would have a NUL in it"
        case .notForHeader(let name):
            "the header field \(name) would have a line end or another control character in it, which no secret for it may"
        case .notAUser(let user): "the user \(quoted(user)) has a colon in it, which 'basic' cannot carry"
        }
    }
}
