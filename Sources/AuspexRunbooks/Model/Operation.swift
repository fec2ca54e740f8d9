package import AuspexSignals

/// One act upon the outside world, ready to be carried out.
package enum Operation: Hashable, Sendable {
    /// Start a program.
    case run(Command)
    /// Send an HTTP request.
    case http(Request)
    /// Tell people.
    case notify(Notification)
    /// Ask whether something is well.
    case health(HealthCheck)
    /// Put outputs and files aside.
    case collect(EvidenceCollection)
}

/// A program and its arguments. There is no shell anywhere between this and the program.
package struct Command: Hashable, Sendable, Codable {
    /// The program, then its arguments.
    package var argv: [String]
    /// The directory to start in; nil for the run's own.
    package var directory: String?
    /// The environment besides the few names that every command gets.
    package var environment: [String: String]
    /// What to write to its standard input; nil for nothing.
    package var input: String?
    /// The exit codes that count as success.
    package var expectedExits: [Int32]
    /// The part of the environment that has secrets in it; nil for none.
    package var secretEnvironment: [String: SecretText]?
    /// What to write to its standard input when that has secrets in it; nil otherwise.
    package var secretInput: SecretText?
    /// Who it runs as and within which bounds; nil for what is usual.
    package var confinement: Confinement?

    /// Creates a command.
    package init(
        argv: [String], directory: String? = nil, environment: [String: String] = [:], input: String? = nil,
        expectedExits: [Int32] = [0], secretEnvironment: [String: SecretText]? = nil, secretInput: SecretText? = nil,
        confinement: Confinement? = nil
    ) {
        self.argv = argv
        self.directory = directory
        self.environment = environment
        self.input = input
        self.expectedExits = expectedExits
        self.secretEnvironment = secretEnvironment
        self.secretInput = secretInput
        self.confinement = confinement
    }
}

/// An HTTP request.
package struct Request: Hashable, Sendable, Codable {
    /// The method, in capitals.
    package var method: String
    /// The absolute URL.
    package var url: String
    /// The header fields.
    package var headers: [String: String]
    /// The JSON body; nil for none.
    package var body: JSONValue?
    /// The statuses that count as success; empty for 200 to 299.
    package var expectedStatuses: [Int]
    /// The header fields that have secrets in them; nil for none.
    package var secretHeaders: [String: SecretText]?
    /// How it proves who sends it; nil for no proof.
    package var authentication: Authentication?

    /// Creates a request.
    package init(
        method: String, url: String, headers: [String: String] = [:], body: JSONValue? = nil,
        expectedStatuses: [Int] = [], secretHeaders: [String: SecretText]? = nil, authentication: Authentication? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.expectedStatuses = expectedStatuses
        self.secretHeaders = secretHeaders
        self.authentication = authentication
    }

    /// Whether `status` counts as success.
    package func expects(_ status: Int) -> Bool {
        expectedStatuses.isEmpty ? (200..<300).contains(status) : expectedStatuses.contains(status)
    }
}

/// A message to people, through a channel that the engine's configuration names.
package struct Notification: Hashable, Sendable, Codable {
    /// The channel's name.
    package var channel: String
    /// What to say.
    package var message: String

    /// Creates a message.
    package init(channel: String, message: String) {
        self.channel = channel
        self.message = message
    }
}

extension Operation: Codable {
    private enum Kind: String, CodingKey { case run, http, notify, health, collect }

    /// Reads an object with one member, the kind of the operation.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Kind.self)
        if container.contains(.run) {
            self = .run(try container.decode(Command.self, forKey: .run))
        } else if container.contains(.http) {
            self = .http(try container.decode(Request.self, forKey: .http))
        } else if container.contains(.health) {
            self = .health(try container.decode(HealthCheck.self, forKey: .health))
        } else if container.contains(.collect) {
            self = .collect(try container.decode(EvidenceCollection.self, forKey: .collect))
        } else {
            self = .notify(try container.decode(Notification.self, forKey: .notify))
        }
    }

    /// Writes an object with one member, the kind of the operation.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Kind.self)
        switch self {
        case .run(let command): try container.encode(command, forKey: .run)
        case .http(let request): try container.encode(request, forKey: .http)
        case .notify(let notification): try container.encode(notification, forKey: .notify)
        case .health(let check): try container.encode(check, forKey: .health)
        case .collect(let collection): try container.encode(collection, forKey: .collect)
        }
    }
}
