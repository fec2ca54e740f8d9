import AuspexRunbooks
import AuspexSignals

/// What a look at something has shown.
struct Finding: Hashable, Sendable {
    var status: HealthReport.Status
    var message: String
    var measured: [String: JSONValue] = [:]

    static func ok(_ message: String, _ measured: [String: JSONValue] = [:]) -> Finding {
        Finding(status: .ok, message: message, measured: measured)
    }

    static func fail(_ message: String, _ measured: [String: JSONValue] = [:]) -> Finding {
        Finding(status: .fail, message: message, measured: measured)
    }

    /// Nobody can tell.
    static func unknown(_ message: String) -> Finding { Finding(status: .unknown, message: message) }
}
