export type { WechatComplaint } from './complaints.domain.ts';
export { type ComplaintFlow, type ComplaintFlowDeps, createComplaintFlow } from './complaints.flow.ts';
export { type ComplaintClient, complaintNoticePath, createComplaintGateway } from './complaints.gateway.ts';
export { complaintRoutes } from './complaints.routes.ts';
export { type Complaints, createComplaints } from './complaints.service.ts';
