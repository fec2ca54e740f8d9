import AuspexSignals

/// Reads a JSON array of alerts, of which each may fail by itself.
enum AlertList {
    /// Lets `body` read a request's body in place, all of it.
    static func reading<Value>(
        _ bytes: [UInt8], _ limits: AlertLimits, _ body: (inout JSONCursor) throws(LogWireError) -> Value
    ) throws(AlertWireError) -> Value {
        guard bytes.count <= limits.bytes else { throw .bodyTooLarge(limit: limits.bytes) }
        do throws(LogWireError) {
            return try read(bytes) { bytes throws(LogWireError) in
                var cursor = JSONCursor(bytes, in: 0..<bytes.count, depthLimit: limits.depth)
                let value = try body(&cursor)
                try cursor.finish()
                return value
            }
        } catch {
            throw AlertWireError(error)
        }
    }

    /// Reads the array; `alert` completes each alert or says why not.
    static func alerts(
        _ cursor: inout JSONCursor, _ limits: AlertLimits,
        _ alert: (AlertReader) throws(AlertReader.Refusal) -> ReceivedAlert
    ) throws(LogWireError) -> DecodedAlerts {
        var decoded = DecodedAlerts(limits: limits)
        let kind = try cursor.kind()
        guard kind == .array else { throw cursor.failure("the alerts must be an array, not \(kind.rawValue)") }
        try cursor.array { cursor, index throws(LogWireError) in
            guard index < limits.alerts else { throw .tooManyRecords(limit: limits.alerts) }
            var part = try cursor.part()
            do throws(AlertReader.Refusal) {
                let reader = try AlertReader(&part, limits: limits)
                decoded.accept(try alert(reader), isShortened: reader.isShortened)
            } catch {
                decoded.refuse(index, error.reason)
            }
        }
        return decoded
    }
}
