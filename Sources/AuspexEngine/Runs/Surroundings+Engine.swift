import AuspexActions
import AuspexRunbooks
import AuspexSignals
import Foundation

extension RunDriver.Surroundings {
    /// What runs work with in an engine of this configuration.
    ///
    /// - Parameter vault: Where secrets are read, and which remembers what is to be masked.
    /// - Throws: for a host in `actions.http_hosts` that is none, a crash plan that is none, a program in
    ///   `actions.executables` that others may change, and when the helper that runs commands cannot be found.
    init(
        _ configuration: EngineConfiguration, journal: any RunJournal, observations: any ObservationSource,
        vault: SecretVault, clock: any WallClock
    ) throws {
        let actions = configuration.actions
        guard let helper = actions.helper ?? ProcessConfiguration.helperBesideProgram else {
            throw EngineError.noHelper
        }
        try ProcessConfiguration.check(actions.executables)
        let directory = URL(filePath: configuration.dataDirectory).standardizedFileURL.path
        let notifications = NotifyPerformer(
            channels: actions.channels.mapValues { WebhookChannel(url: $0.value) },
            noticeChannel: actions.noticeChannel)
        let processes = ProcessPerformer(
            ProcessConfiguration(
                helper: helper, spool: directory + "/spool", executables: actions.executables, users: actions.users,
                limits: actions.limits))
        let requests = HTTPPerformer(hosts: try HostAllowList(actions.httpHosts))
        self.init(
            journal: journal,
            performer: RepetitionPerformer(
                SecretPerformer(
                    OperationPerformer(
                        processes: processes, requests: requests, notifications: notifications,
                        health: HealthPerformer(
                            processes: processes, requests: requests,
                            hosts: try HostAllowList(actions.httpHosts + actions.checkHosts), clock: clock),
                        collections: CollectPerformer(
                            processes: processes, directories: actions.collectPaths,
                            secretFiles: configuration.secretFiles,
                            bundles: EvidenceBundles(dataDirectory: directory), clock: clock)),
                    secrets: vault, spool: directory + "/spool")),
            observations: observations, notices: notifications, moments: SystemMomentSource(clock: clock),
            crashes: try CrashPlan.environment(
                ProcessInfo.processInfo.environment[CrashPlan.variable], isAllowed: actions.allowsFaultPoints))
    }
}

extension SecretVault {
    /// The vault of this configuration's secrets.
    init(_ configuration: EngineConfiguration) {
        self.init(configuration.actions.secrets, environment: ProcessInfo.processInfo.environment)
    }
}
