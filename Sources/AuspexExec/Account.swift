import Glibc

/// The user that a program runs as.
struct Account {
    /// Most groups that a user is in; the kernel takes no more (NGROUPS_MAX).
    private static let mostGroups = 65_536
    private static let firstGroups = 64
    /// Bytes for what the password file says of a user.
    private static let entryBytes = 65_536

    let name: String
    let user: uid_t
    let group: gid_t
    let groups: [gid_t]
    let home: String

    /// Looks the user `name` up.
    ///
    /// - Throws: ``SystemError`` when there is none.
    init(_ name: String) throws {
        var entry = passwd()
        var buffer = [CChar](repeating: 0, count: Self.entryBytes)
        var found: UnsafeMutablePointer<passwd>?
        let code = getpwnam_r(name, &entry, &buffer, buffer.count, &found)
        guard found != nil, let home = entry.pw_dir else {
            throw SystemError(what: "finding the user \(name)", code: code == 0 ? ENOENT : code)
        }
        self.name = name
        user = entry.pw_uid
        group = entry.pw_gid
        self.home = String(cString: home)
        groups = try Self.groups(of: name, with: entry.pw_gid)
    }

    private static func groups(of name: String, with group: gid_t) throws -> [gid_t] {
        var count = Int32(firstGroups)
        while count <= mostGroups {
            var list = [gid_t](repeating: 0, count: Int(count))
            var found = count
            if getgrouplist(name, group, &list, &found) >= 0 { return Array(list.prefix(Int(found))) }
            count = max(found, count * 2)
        }
        throw SystemError(what: "finding the groups of the user \(name)", code: EINVAL)
    }

    /// Whether becoming this user takes a change; the helper can make one only as root.
    ///
    /// - Throws: ``SystemError`` when it takes one that is not possible.
    func needsSwitch() throws -> Bool {
        if geteuid() == 0 { return user != 0 }
        guard user == geteuid() else {
            throw SystemError(
                what: "running a command as \(name), which only an engine can that runs as root", code: EPERM)
        }
        return false
    }
}
