import AuspexTesting
import Foundation

/// What the tests read from files.
enum TestData {
    /// The lines of a file of the public data.
    static func lines(_ path: String) throws -> [String] {
        let text = try String(contentsOf: PublicData.here.url(path), encoding: .utf8)
        return text.split(separator: "\n").map(String.init)
    }

    /// The repository's own folder `Rules/runbooks`.
    static let shippedRunbooks = PublicData.repository.appending(path: "Rules/runbooks").path
}
