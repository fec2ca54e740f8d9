import AuspexTesting
import Foundation
import Subprocess
import Testing

@testable import AuspexChanges

/// The public tables of labelled changes.
enum PublicChanges {
    static let folder = "change-risk"

    /// Reads one, such as `lapredict_issta21/qt`.
    static func table(_ name: String) async throws -> RiskTable {
        let file = try PublicData.here.url("\(folder)/\(name).csv.gz")
        let text = try await Subprocess.run(
            .name("gzip"), arguments: ["-dc", file.path], output: .string(limit: 64 << 20))
        return try RiskTable(csv: text.standardOutput, file: name)
    }
}
