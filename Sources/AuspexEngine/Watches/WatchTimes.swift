import AuspexSignals
import Foundation

/// When services were changed, and how far the watches have come.
struct WatchTimes: Hashable, Sendable, Codable {
    /// Services that are remembered; of more, the one that was not changed for longest is forgotten.
    private static let mostServices = 10_000

    /// When each service was last changed, for whatever reason.
    private(set) var changedAt: [String: Timestamp] = [:]
    /// The last minute that the watches were shown, counted from 1970; nil before the first.
    var seen: Int64?

    /// Nothing yet.
    init() {}

    /// Takes note that a service was changed.
    mutating func note(_ service: String, at time: Timestamp) {
        changedAt[service] = max(time, changedAt[service] ?? time)
        guard changedAt.count > Self.mostServices,
            let eldest = changedAt.min(by: { ($0.value, $0.key) < ($1.value, $1.key) })
        else { return }
        changedAt[eldest.key] = nil
    }

    /// The state as bytes; the same state always gives the same.
    func snapshot() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return [UInt8](try encoder.encode(self))
    }

    /// Continues from bytes.
    init(restoring bytes: [UInt8]) throws {
        self = try JSONDecoder().decode(WatchTimes.self, from: Data(bytes))
    }
}
