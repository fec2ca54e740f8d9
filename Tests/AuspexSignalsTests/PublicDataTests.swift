import AuspexTesting
import Foundation
import Testing

@Suite struct PublicDataTests {
    @Test("data that nobody named is used where it is and skipped where it is not")
    func unnamed() throws {
        let directory = try TemporaryDirectory()
        try directory.file("shared/data/a/b.txt", "x")
        let data = PublicData(named: nil, repository: URL(filePath: directory.path + "/repository"))
        #expect(data.isExpected("a/b.txt") && !data.isExpected("c"))
        #expect(try data.url("a").path == directory.path + "/shared/data/a")
    }

    @Test("data that is named and missing is a failure, not a skip")
    func named() throws {
        let directory = try TemporaryDirectory()
        try directory.file("named/a", "x")
        for name in ["named", directory.path + "/named"] {
            let data = PublicData(named: name, repository: URL(filePath: directory.path, directoryHint: .isDirectory))
            #expect(try data.url("a").path == directory.path + "/named/a")
            #expect(data.isExpected("b"))
            #expect(throws: PublicData.Missing.self) { try data.url("b") }
        }
    }
}
