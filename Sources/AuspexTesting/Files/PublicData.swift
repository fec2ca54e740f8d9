package import Foundation

/// The public data sets that some tests need; they are no part of the repository.
///
/// They lie in the folder that `AUSPEX_TEST_DATA` names, else in `../shared/data` beside the repository. Where they are
/// missing, tests that need them are skipped, unless the variable is set: who names a folder wants these tests, so that then
/// they fail.
///
/// ```swift
/// @Test(.enabled(if: PublicData.here.isExpected("metrics"), "\(PublicData.hint)"))
/// func metrics() throws {
///     let folder = try PublicData.here.url("metrics")
/// ```
package struct PublicData: Sendable {
    /// The data of this machine.
    package static let here = PublicData(
        named: ProcessInfo.processInfo.environment["AUSPEX_TEST_DATA"], repository: repository)

    /// The reason that a skipped test shows.
    package static let hint = "the public data is not here; set AUSPEX_TEST_DATA to its folder"

    /// The folder of the repository that these sources lie in.
    package static let repository: URL = {
        let parents = ["PublicData.swift", "Files", "AuspexTesting", "Sources"]
        return parents.reduce(URL(filePath: #filePath).resolvingSymlinksInPath()) { url, _ in
            url.deletingLastPathComponent()
        }
    }()

    private let root: URL
    private let isNamed: Bool

    /// - Parameters:
    ///   - named: the folder's path, if somebody gave one; a relative one begins in the repository.
    ///   - repository: the folder of the repository.
    package init(named: String?, repository: URL) {
        isNamed = named != nil
        root = named.map { URL(filePath: $0, relativeTo: repository) } ?? repository.appending(path: "../shared/data")
    }

    /// Whether tests that need `part` are to run.
    package func isExpected(_ part: String) -> Bool { isNamed || exists(place(of: part)) }

    /// Where `part`, a file or a folder, is.
    ///
    /// - Throws: ``Missing`` when it is not there.
    package func url(_ part: String) throws -> URL {
        let url = place(of: part)
        guard exists(url) else { throw Missing(path: url.path) }
        return url
    }

    /// A part of the data is not there.
    package struct Missing: Error, Hashable, CustomStringConvertible {
        let path: String

        package var description: String { "\(path): there is no such file or folder of public data" }
    }

    private func place(of part: String) -> URL { root.appending(path: part).standardizedFileURL }

    private func exists(_ url: URL) -> Bool { FileManager.default.fileExists(atPath: url.path) }
}
