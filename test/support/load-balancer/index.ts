export { balancerLack, type LoadBalancer, startBalancer } from './haproxy.js';
