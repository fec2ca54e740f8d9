import AuspexTesting
import AuspexWire
import Testing

@Suite("Files on disk") struct FileOnDiskTests {
    @Test("what is read is what is there, up to the end")
    func reading() throws {
        let directory = try TemporaryDirectory()
        let file = try FileOnDisk(path: directory.file("a.log", "0123456789"))
        #expect(try file.size() == 10)
        #expect(try file.read(at: 2, count: 3) == Array("234".utf8))
        #expect(try file.read(at: 8, count: 100) == Array("89".utf8))
        #expect(try file.read(at: 10, count: 100).isEmpty && file.read(at: 0, count: 0).isEmpty)
        let other = try FileOnDisk(path: directory.file("b.log", "0123x"))
        #expect(try file.fingerprint(of: 4) == other.fingerprint(of: 4))
        #expect(try file.fingerprint(of: 5) != other.fingerprint(of: 5))
    }

    @Test("what is no regular file is refused")
    func refused() throws {
        let directory = try TemporaryDirectory()
        for path in [directory.path, directory.path + "/none", "/dev/null", "/dev/tty"] {
            #expect(throws: FileOnDisk.Unreadable.self, "\(path)") { try FileOnDisk(path: path) }
        }
    }

    #if os(Linux)
        @Test("bytes that cannot be read are not the end of the file")
        func failing() throws {
            // A regular file of which the first page is never there.
            let file = try FileOnDisk(path: "/proc/self/mem")
            let failure = #expect(throws: FileOnDisk.Unreadable.self) { try file.read(at: 0, count: 16) }
            #expect(failure?.reason.isEmpty == false)
            #expect(throws: FileOnDisk.Unreadable.self) { try file.fingerprint(of: 16) }
        }
    #endif
}
