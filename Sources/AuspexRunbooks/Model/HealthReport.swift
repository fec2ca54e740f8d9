package import AuspexSignals

/// What a health check found.
package struct HealthReport: Hashable, Sendable {
    /// How something is. The order is that of gravity.
    package enum Status: String, Hashable, Sendable, Comparable, CaseIterable {
        /// It is well.
        case ok
        /// It is well, but not as it should be.
        case warn
        /// Nobody can tell, which is not well.
        case unknown
        /// It is not well.
        case fail

        /// The exit code by which plug-ins of Nagios say the same.
        package var code: Int {
            switch self {
            case .ok: 0
            case .warn: 1
            case .fail: 2
            case .unknown: 3
            }
        }

        /// Whether this is good enough for a step to go on.
        package var isGood: Bool { self == .ok || self == .warn }

        package static func < (left: Status, right: Status) -> Bool {
            allCases.firstIndex(of: left) ?? 0 < allCases.firstIndex(of: right) ?? 0
        }
    }

    /// Longest message in characters.
    private static let longestMessage = 200

    /// How it is.
    package var status: Status
    /// What was checked.
    package var component: String
    /// What was found, for people: one line.
    package var message: String
    /// Numbers and texts that were found, by name.
    package var measured: [String: JSONValue]
    /// The parts of a list; empty for anything else.
    package var components: [HealthReport]

    /// Creates a report; control characters and what is too long in the message are left out.
    package init(
        status: Status, component: String, message: String, measured: [String: JSONValue] = [:],
        components: [HealthReport] = []
    ) {
        self.status = status
        self.component = component
        let line = message.unicodeScalars.map { scalar in
            scalar.properties.generalCategory == .control ? " " : String(scalar)
        }.joined()
        self.message = line.count > Self.longestMessage ? line.prefix(Self.longestMessage) + "…" : line
        self.measured = measured
        self.components = components
    }

    /// What several reports come to: the gravest of them. None at all is unknown.
    package init(of parts: [HealthReport], component: String) {
        let bad = parts.filter { $0.status != .ok }
        let names = bad.map { "\($0.component) \($0.status.rawValue)" }.joined(separator: ", ")
        let message = bad.isEmpty ? "all \(parts.count) are ok" : "\(bad.count) of \(parts.count): \(names)"
        self.init(
            status: parts.map(\.status).max() ?? .unknown, component: component,
            message: parts.isEmpty ? "nothing was checked" : message, components: parts)
    }

    /// `{status, component, message, measured}`, and `components` for a list.
    package var json: JSONValue {
        var members: [String: JSONValue] = [
            "status": .string(status.rawValue), "component": .string(component), "message": .string(message),
        ]
        if components.isEmpty {
            members["measured"] = .object(measured)
        } else {
            members["components"] = .array(components.map(\.json))
        }
        return .object(members)
    }

    /// The report as an operation's result. Whatever it says it is an answer and no error, so that the paths of a
    /// waiter's acceptors look into it; its status is ``Status/code``.
    package var operationResult: OperationResult {
        OperationResult(
            outcome: status.isGood ? .succeeded : .failed,
            reason: status.isGood ? "" : "\(component) \(status.rawValue): \(message)", status: status.code,
            output: CapturedText(head: json.canonicalText))
    }
}
