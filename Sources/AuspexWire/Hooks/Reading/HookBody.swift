import AuspexSignals
import Foundation

/// Reads a body as JSON within limits. Linear in its bytes.
enum HookBody {
    /// The value that the body is.
    static func parse(_ body: Data, limits: HookLimits) throws(HookError) -> JSONValue {
        guard body.count <= limits.bytes else { throw .bodyTooLarge(bytes: body.count, limit: limits.bytes) }
        var result: Result<JSONValue, HookError> = .failure(.notJSON(offset: 0, reason: "empty"))
        body.withUnsafeBytes { bytes in
            do throws(LogWireError) {
                var cursor = JSONCursor(bytes, in: 0..<bytes.count, depthLimit: limits.depth)
                var room = limits.values
                let value = try read(&cursor, &room)
                try cursor.finish()
                result = .success(value)
            } catch {
                result = .failure(Self.error(error, limits))
            }
        }
        return try result.get()
    }

    private static func read(_ cursor: inout JSONCursor, _ room: inout Int) throws(LogWireError) -> JSONValue {
        room -= 1
        guard room >= 0 else { throw .tooManyRecords(limit: 0) }
        switch try cursor.kind() {
        case .array:
            var elements: [JSONValue] = []
            try cursor.array { cursor, _ throws(LogWireError) in elements.append(try read(&cursor, &room)) }
            return .array(elements)
        case .object:
            var members: [String: JSONValue] = [:]
            try cursor.object { cursor, name throws(LogWireError) in members[name] = try read(&cursor, &room) }
            return .object(members)
        default: return try cursor.value()
        }
    }

    private static func error(_ error: LogWireError, _ limits: HookLimits) -> HookError {
        switch error {
        case .invalidJSON(let offset, let reason): .notJSON(offset: offset, reason: reason)
        case .tooManyRecords: .tooManyValues(limit: limits.values)
        default: .notJSON(offset: 0, reason: error.description)
        }
    }
}
