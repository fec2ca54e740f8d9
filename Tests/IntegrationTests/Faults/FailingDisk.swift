import AuspexTesting
import Foundation
import Testing

/// A disk that fails when it is told to (`disk.c`), for the database of one site.
struct FailingDisk {
    private static let compilers = ["/usr/bin/clang", "/opt/swift/usr/bin/clang", "/usr/bin/cc"]
    private static var compiler: String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let found = path.split(separator: ":").map { "\($0)/clang" }
        return (compilers + found).first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    static var canBeMade: Bool { compiler != nil }
    static let reason: Comment = "needs a C compiler; the one that comes with Swift will do"

    struct CannotBeMade: Error {}

    /// What a program is to be started with.
    let environment: [String: String]
    private let control: String

    /// Compiles it beside the site's files.
    init(for site: FaultSite) throws {
        let library = site.directory.path + "/disk.so"
        let source = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "disk.c").path
        control = site.directory.path + "/disk-fault"
        environment = [
            "LD_PRELOAD": library, "DISK_FAULT": control, "DISK_FILES": site.data + "/auspex.sqlite",
        ]
        guard let compiler = Self.compiler else { throw CannotBeMade() }
        try Self.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"])
    }

    private static func run(_ argv: [String]) throws {
        var pid: pid_t = 0
        var words: [UnsafeMutablePointer<CChar>?] = argv.map { strdup($0) }
        words.append(nil)
        defer { for word in words { free(word) } }
        var status: Int32 = 0
        guard posix_spawn(&pid, argv[0], nil, nil, words, environ) == 0, waitpid(pid, &status, 0) == pid, status == 0
        else { throw CannotBeMade() }
    }

    /// Fails operations of this kind with this error after `count` more of them.
    func fail(_ kind: String, _ code: Int, after count: Int) throws {
        try "\(kind) \(code) \(count)\n".write(toFile: control, atomically: true, encoding: .utf8)
    }

    /// Works again.
    func mend() { try? FileManager.default.removeItem(atPath: control) }
}
