import AuspexSignals
import AuspexWire
import Foundation

/// How far a file has been read, as it is kept between two starts.
struct FileMark: Hashable, Codable {
    /// Where the file was last.
    var path: String
    var device: UInt64
    var inode: UInt64
    /// Everything before this byte has been taken.
    var position: Int64
    /// How many of the first bytes ``fingerprint`` is of.
    var fingerprintLength: Int
    var fingerprint: UInt64
    /// Since when the file is not to be found; nil while it is followed.
    var lostAt: Timestamp?

    /// What marks of files are called.
    static let prefix = "file:"
    /// What marks of patterns are called that have been looked for before.
    static let patternPrefix = "pattern:"

    /// A mark's name.
    static func name(_ identity: FileIdentity) -> String { "\(prefix)\(identity.device):\(identity.inode)" }

    /// What the mark is of.
    var identity: FileIdentity { FileIdentity(device: device, inode: inode) }

    /// The folder that a path lies in, with the slash at its end.
    static func folder(of path: String) -> Substring {
        path[...(path.lastIndex(of: "/") ?? path.startIndex)]
    }

    /// Whether it is this file that was read, and not another that has its inode now.
    ///
    /// The device counts for nothing: a file system that is mounted anew may have another number.
    ///
    /// - Throws: when that cannot be told.
    func isOf(_ file: some ReadableFile) throws(FileOnDisk.Unreadable) -> Bool {
        guard file.identity.inode == inode, try file.size() >= position else { return false }
        return try file.fingerprint(of: fingerprintLength) == fingerprint
    }

    /// The mark as text.
    var text: String {
        get throws { String(decoding: try JSONEncoder.api.encode(self), as: UTF8.self) }
    }

    /// Reads a mark; nil when it is none.
    init?(_ text: String) {
        guard let mark = try? JSONDecoder().decode(FileMark.self, from: Data(text.utf8)) else { return nil }
        self = mark
    }

    init(path: String, identity: FileIdentity, position: Int64, fingerprintLength: Int, fingerprint: UInt64) {
        self.path = path
        device = identity.device
        inode = identity.inode
        self.position = position
        self.fingerprintLength = fingerprintLength
        self.fingerprint = fingerprint
    }
}
