import AuspexRunbooks
import AuspexTesting
import Foundation
import Testing

@testable import AuspexActions

@Suite struct SpoolDirectoryTests {
    static let paths = [
        "steps/a_b", "steps/a/b", "steps/a_/b", "steps/a/_b", "steps/a__b", "steps_a/b", "steps/x", "steps/x-1",
        "steps/x-1-2", "steps/x/1", "steps/x+1", "steps/X", "steps/x.seal", "verify", "steps/ä", "steps/a b",
        "steps/" + String(repeating: "y", count: 300), "steps/" + String(repeating: "y", count: 299) + "z",
    ]

    @Test("no two operations of a run have the same place")
    func places() throws {
        var places: [String: OperationID] = [:]
        for path in Self.paths {
            for attempt in 1...3 {
                for poll in 0...3 {
                    let id = OperationID(run: "r1", path: path, attempt: attempt, poll: poll)
                    let spool = try SpoolDirectory(of: id, in: "/spool")
                    #expect(places.updateValue(id, forKey: spool.path) == nil, "\(spool.path)")
                    #expect(spool.path.split(separator: "/").count == 3 && spool.path.utf8.count < 255)
                    let seal = try SpoolDirectory.sealPath(of: id, in: "/spool")
                    #expect(places.updateValue(id, forKey: seal) == nil, "\(seal)")
                }
            }
        }
        #expect(
            try SpoolDirectory(of: OperationID(run: "r1", path: "steps/act", attempt: 1), in: "/s").path
                == "/s/r1/steps_act-1")
    }

    @Test("the newest repetition of an act is found, also where those before it are gone, and no other act's")
    func newestRepetition() throws {
        let directory = try TemporaryDirectory()
        let spool = directory.path + "/spool"
        func repetition(_ path: String, attempt: Int = 1) -> Int {
            SpoolDirectory.newestRepetition(of: OperationID(run: "r1", path: path, attempt: attempt), in: spool)
        }
        #expect(repetition("steps/x") == 0)
        for path in ["steps/x", "steps/x-1", "steps/xy"] {
            for poll in [0, 2, 10] {
                let id = OperationID(run: "r1", path: path, attempt: path == "steps/x" ? 1 : 3, poll: poll)
                try SecretSeal([:], of: OperationID(run: "r1", path: path, attempt: 1, poll: 11)).write(
                    of: OperationID(run: "r1", path: path, attempt: 1, poll: 11), in: spool)
                _ = try SpoolDirectory.passing(id, in: spool)
            }
        }
        #expect(repetition("steps/x") == 10)
        #expect(repetition("steps/x", attempt: 2) == 0)
        #expect(repetition("steps/x-1", attempt: 1) == 0)
        #expect(repetition("steps/x-1", attempt: 3) == 10)
    }

    @Test("no two steps of a run have the same bundle")
    func bundles() {
        #expect(Set(Self.paths.map(EvidenceBundles.name(ofStep:))).count == Self.paths.count)
        #expect(EvidenceBundles.name(ofStep: "steps/evidence") == "steps_evidence")
    }

    @Test("a seal is for the engine's user only")
    func seal() throws {
        let directory = try TemporaryDirectory()
        let id = OperationID(run: "r1", path: "steps/act", attempt: 1)
        #expect(SecretSeal(of: id, in: directory.path + "/spool") == nil)
        let seal = SecretSeal(["DB": "s3cret"], of: id)
        for _ in 0..<2 { try seal.write(of: id, in: directory.path + "/spool") }
        #expect(SecretSeal(of: id, in: directory.path + "/spool") == seal)
        let path = try SpoolDirectory.sealPath(of: id, in: directory.path + "/spool")
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        #expect(!String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self).contains("s3cret"))
        #expect(seal.isCovered(by: ["DB": ["other", "s3cret"]], of: id))
        #expect(!seal.isCovered(by: ["DB": ["other"]], of: id) && !seal.isCovered(by: [:], of: id))
        var next = id
        next.attempt = 2
        #expect(!seal.isCovered(by: ["DB": ["s3cret"]], of: next))
    }
}
