/// Why a request with alerts can't be read at all.
package enum AlertWireError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The body is longer than the limit.
    case bodyTooLarge(limit: Int)
    /// There are more alerts than the limit.
    case tooManyAlerts(limit: Int)
    /// The body is not JSON, or not the JSON that is expected.
    case malformed(offset: Int, reason: String)
    /// The notification has a version that is not read here, or none.
    case unsupportedVersion(String?)

    /// What was wrong and what would be right.
    package var description: String {
        switch self {
        case .bodyTooLarge(let limit): "the body has more than \(limit) bytes: send fewer alerts at a time"
        case .tooManyAlerts(let limit): "more than \(limit) alerts in a request: send fewer at a time"
        case .malformed(let offset, let reason): "not the expected JSON at byte \(offset): \(reason)"
        case .unsupportedVersion(let version?):
            """
            version '\(version)' of the notification is not supported; send version '4', as an Alertmanager does, or \
            '1', as Grafana does
            """
        case .unsupportedVersion(nil):
            "the notification has no 'version'; an Alertmanager sends '4', Grafana '1'"
        }
    }

    /// The HTTP status that tells a sender so.
    package var status: Int {
        switch self {
        case .bodyTooLarge, .tooManyAlerts: 413
        case .malformed, .unsupportedVersion: 400
        }
    }
}

extension AlertWireError {
    /// What the walk over the JSON text found wrong.
    init(_ error: LogWireError) {
        switch error {
        case .invalidJSON(let offset, let reason): self = .malformed(offset: offset, reason: reason)
        case .tooManyRecords(let limit): self = .tooManyAlerts(limit: limit)
        default: self = .malformed(offset: 0, reason: error.description)
        }
    }
}
