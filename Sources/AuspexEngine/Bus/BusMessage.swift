package import AuspexSignals

/// What travels on the bus: one ingest request, or one report of a change.
package enum BusMessage: Hashable, Sendable {
    /// Samples and log records of one ingest request.
    case signals(SignalBatch)
    /// A change, new or with a new outcome.
    case change(Change)
}

/// Why stored bytes are not a message.
package enum BusMessageError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The bytes end too early or hold an impossible length.
    case truncated
    /// Written in a format that this version does not know.
    case unknownFormat(UInt8)

    package var description: String {
        switch self {
        case .truncated: "stored message is truncated"
        case .unknownFormat(let format): "stored message has format \(format), which this version does not know"
        }
    }
}
