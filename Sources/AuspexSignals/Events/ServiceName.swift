/// What a name that a CI system uses means here: the service and the environment of a repository, a job or an
/// application.
package struct ServiceName: Hashable, Sendable {
    /// Whose names; nil for those of every sender.
    package var sender: HookSender?
    /// The name, such as `owner/name`, or its beginning with a `*` at the end.
    package var match: String
    /// The service; nil leaves the sender's name.
    package var service: String?
    /// The environment of what names none; nil leaves it open.
    package var environment: String?

    /// Creates a meaning.
    package init(sender: HookSender? = nil, match: String, service: String? = nil, environment: String? = nil) {
        self.sender = sender
        self.match = match
        self.service = service
        self.environment = environment
    }

    /// Whether one of the `names` that the sender has for something is meant.
    package func matches(_ names: [String], of sender: HookSender) -> Bool {
        guard self.sender == nil || self.sender == sender else { return false }
        guard match.last == "*" else { return names.contains(match) }
        return names.contains { $0.hasPrefix(match.dropLast()) }
    }
}
