import AuspexRunbooks
import AuspexSignals
import AuspexStore
import Foundation

extension AuditLog.Entry {
    /// The entry as a line of JSON.
    func line() throws -> String {
        PlainText.json(try JSONValue(parsing: try JSONEncoder().encode(self)).canonicalText)
    }
}
