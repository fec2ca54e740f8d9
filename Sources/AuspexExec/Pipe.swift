import Glibc

/// Pipes that no program inherits.
enum Pipe {
    /// Makes one.
    static func make() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        guard Glibc.pipe(&ends) == 0 else { throw SystemError(what: "making a pipe", code: errno) }
        // In two steps, which is safe only because this process has one thread.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    /// Makes one whose reading end never blocks us.
    static func makePolled() throws -> (read: Int32, write: Int32) {
        let ends = try make()
        _ = fcntl(ends.read, F_SETFL, O_NONBLOCK)
        return ends
    }
}

/// Lists of texts as C takes them.
enum CStrings {
    /// Calls `body` with pointers to copies of `texts` and a null pointer after them.
    static func with<Result>(_ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result) -> Result {
        let pointers: [UnsafeMutablePointer<CChar>?] = texts.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        return body(pointers)
    }
}
