import AuspexSignals
import AuspexTesting
import Foundation

extension PublicData {
    /// The JSON of a file.
    static func json(_ folder: String, _ file: String) throws -> JSONValue {
        try JSONValue(parsing: try Data(contentsOf: here.url("\(folder)/\(file)")))
    }
}
