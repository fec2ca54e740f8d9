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
        case .health(let check): return check.secrets
        case .collect(let collection):
            return Set(collection.commands.flatMap { Operation.run($0).secrets }).sorted()
        case .notify: return []
        }
    }

    /// The operation with the values of its secrets in their places, ready to be carried out and never to be stored or
    /// shown.
    ///
    /// - Throws: ``SecretPlaceError`` when a value is missing or cannot stand where it is wanted.
    package func resolved(with values: [String: String]) throws(SecretPlaceError) -> Operation {
        switch self {
        case .run(let command): return .run(try command.resolved(with: values))
        case .http(let request): return .http(try request.resolved(with: values))
        case .health(let check): return .health(try check.resolved(with: values))
        case .collect(var collection):
            for number in collection.commands.indices {
                collection.commands[number] = try collection.commands[number].resolved(with: values)
            }
            return .collect(collection)
        case .notify: return self
        }
    }
}

extension HealthCheck {
    /// The names of the secrets that its command or request needs, each once, in alphabetical order.
    fileprivate var secrets: [String] {
        switch probe {
        case .sql(let query): Operation.run(query.run).secrets
        case .http(let page): Operation.http(page.request).secrets
        case .list(let checks): Set(checks.flatMap(\.secrets)).sorted()
        case .tcp, .process, .disk, .systemd, .file, .dns, .certificate: []
        }
    }

    /// The check with the values of its secrets in their places.
    fileprivate func resolved(with values: [String: String]) throws(SecretPlaceError) -> HealthCheck {
        var check = self
        switch probe {
        case .sql(var query):
            query.run = try query.run.resolved(with: values)
            check.probe = .sql(query)
        case .http(var page):
            page.request = try page.request.resolved(with: values)
            check.probe = .http(page)
        case .list(var checks):
            for number in checks.indices { checks[number] = try checks[number].resolved(with: values) }
            check.probe = .list(checks)
        case .tcp, .process, .disk, .systemd, .file, .dns, .certificate: break
        }
        return check
    }
}

extension Command {
    /// The command with the values of its secrets in its environment and input.
    fileprivate func resolved(with values: [String: String]) throws(SecretPlaceError) -> Command {
        var command = self
        for (name, text) in (secretEnvironment ?? [:]).sorted(by: { $0.key < $1.key }) {
            let filled = try text.filled { name throws(SecretPlaceError) in try values.secret(name) }
            guard !filled.utf8.contains(0) else { throw .notForEnvironment(name) }
            command.environment[name] = filled
        }
        if let secretInput {
            command.input = try secretInput.filled { name throws(SecretPlaceError) in try values.secret(name) }
        }
        command.secretEnvironment = nil
        command.secretInput = nil
        return command
    }
}

extension Request {
    /// The request with the values of its secrets in its header fields.
    fileprivate func resolved(with values: [String: String]) throws(SecretPlaceError) -> Request {
        var request = self
        for (name, text) in (secretHeaders ?? [:]).sorted(by: { $0.key < $1.key }) {
            request.headers[name] = try text.filled { name throws(SecretPlaceError) in try values.secret(name) }
        }
        if let authentication {
            request.headers["Authorization"] = try authentication.header { name throws(SecretPlaceError) in
                try values.secret(name)
            }
        }
        let broken = request.headers.filter { !Request.mayBeFieldValue($0.value) }
        if let name = broken.keys.min() { throw .notForHeader(name) }
        request.secretHeaders = nil
        request.authentication = nil
        return request
    }
}

extension [String: String] {
    /// The value of the secret `name`.
    fileprivate func secret(_ name: String) throws(SecretPlaceError) -> String {
        guard let value = self[name] else { throw .missing(name) }
        return value
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
