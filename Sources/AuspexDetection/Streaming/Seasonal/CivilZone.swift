import AuspexSignals
import Foundation

/// Local time in a zone of the time zone database, daylight saving time included.
///
/// The offset is looked up once a quarter of an hour: zones change theirs on quarters of hours of UTC alone.
struct CivilZone: Sendable {
    /// The longest name in the time zone database has 32 letters.
    private static let longestName = 64
    private static let quarter: Int64 = 900_000
    /// Milliseconds since 1970 beyond which Foundation's calendar is not asked: the years 1 to 9999.
    private static let known: ClosedRange<Int64> = -62_135_596_800_000...253_402_300_799_999

    let name: String
    private let zone: TimeZone?
    private var cachedQuarter = Int64.min
    private var cachedOffset: Int64 = 0

    /// Looks a name up; nil when there is no such zone. A name that is none never reaches the file system.
    init?(_ name: String) {
        self.name = name
        guard name != "UTC" else {
            zone = nil
            return
        }
        let isName =
            name.utf8.count <= Self.longestName && name.utf8.first.map(Self.isLetter) == true
            && name.utf8.allSatisfy { Self.isLetter($0) || (0x30...0x39).contains($0) || "/-+_".utf8.contains($0) }
        guard isName, let zone = TimeZone(identifier: name) else { return nil }
        self.zone = zone
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5a).contains(byte & 0xdf) }

    /// Local milliseconds since a local 1 January 1970, as if no clock had ever been changed.
    mutating func local(_ time: Timestamp) -> Int64 {
        guard let zone else { return time.milliseconds }
        let quarter = CivilDate.floorDivide(time.milliseconds, by: Self.quarter).quotient
        if quarter != cachedQuarter {
            cachedQuarter = quarter
            let seconds = Self.known.contains(time.milliseconds) ? quarter * Self.quarter / 1_000 : 0
            cachedOffset = Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds)))) * 1_000
        }
        return (time + TimeSpan(milliseconds: cachedOffset)).milliseconds
    }
}
