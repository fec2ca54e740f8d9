package import AuspexLogs
package import AuspexSignals

extension EngineConfiguration {
    /// `logs:`, where log records come from besides HTTP. Nothing is listened to or read unless it stands here.
    package struct Logs: Hashable, Sendable {
        /// Syslog over the network.
        package var syslog = Syslog()
        /// Fluent's forward protocol.
        package var forward = Forward()
        /// Files that are followed.
        package var files: [Files] = []
        /// How often files are looked at.
        package var pollEvery = TimeSpan.seconds(1)
        /// Regular expressions whose matches in messages are variables.
        package var masks: [String] = []
        /// Where a record says which session it belongs to; nil when sessions are not watched.
        package var sessionKey: SessionKey?
        /// Time without a record after which a session is over.
        package var sessionIdle = SessionTracker.Configuration().idleTimeout

        /// How the stream of a service is watched. There may be many, so each has small tables.
        var stream: LogStream.Configuration {
            let sessions = sessionKey.map { key in
                LogStream.Detectors.Sessions(
                    key: key,
                    tracker: .init(idleTimeout: sessionIdle, maximumOpenSessions: 2_000, maximumTemplates: 64))
            }
            return LogStream.Configuration(
                miner: .init(
                    maximumTemplates: 2_048, cachedSignatures: 8_192, rememberedSignatures: 16_384,
                    maximumIndexBytes: 8 << 20, masks: masks),
                detectors: .init(
                    rates: .init(allowedLateness: Self.lateness, maximumTemplates: 2_048),
                    parameters: .init(maximumParameters: 1_024), severity: .init(allowedLateness: Self.lateness),
                    sessions: sessions))
        }

        /// How long after a window's end its records may still come: shippers send every few seconds.
        private static let lateness = TimeSpan.seconds(30)

        /// Nothing.
        package init() {}

        /// Whether there is anything to listen to.
        package var listens: Bool { syslog.udp != nil || syslog.tcp != nil || forward.tcp != nil }
    }

    /// `logs.syslog:`
    package struct Syslog: Hashable, Sendable {
        /// Where datagrams are taken; nil for nowhere.
        package var udp: ListenAddress?
        /// Where connections are taken; nil for nowhere.
        package var tcp: ListenAddress?
        /// Whether a message that is not counted may have several lines.
        package var isMultiline = false
        /// How many minutes senders that name no zone are ahead of UTC.
        package var offsetMinutes = 0
        /// How many connections there may be at a time; further ones are refused and counted.
        package var maximumConnections = 256
    }

    /// `logs.forward:`
    package struct Forward: Hashable, Sendable {
        /// Where connections are taken; nil for nowhere.
        package var tcp: ListenAddress?
        /// How many connections there may be at a time; further ones are refused and counted.
        package var maximumConnections = 256
    }

    /// An entry of `logs.files:`
    package struct Files: Hashable, Sendable {
        /// Paths, in which `*`, `?` and `[…]` stand for characters of one name.
        package var paths: [String]
        /// How the files are written.
        package var format = FileFormat.auto
        /// Whether what stands in a file that is found at the first start is read, too.
        package var readsExisting = false
        /// Whether lines of text may go on with the record before them, as stack traces do.
        package var isMultiline = false
        /// Attributes that all records of these files have.
        package var attributes = Labels()

        /// Creates an entry.
        package init(paths: [String]) {
            self.paths = paths
        }
    }

    /// How a log file is written.
    package enum FileFormat: String, Hashable, Sendable, CaseIterable {
        /// What its first line looks like.
        case auto
        /// Lines of text.
        case raw
        /// Docker's json-file.
        case docker
        /// The format of Kubernetes' container runtimes.
        case cri
        /// systemd's journal export format.
        case journald = "journald-export"
        /// One JSON object a line.
        case json
    }
}
